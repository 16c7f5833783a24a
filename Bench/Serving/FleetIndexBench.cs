using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.AppHost.Local;
using Fleet.AppHost.Output;
using Fleet.ServiceDefaults.Options;
using StackExchange.Redis;

namespace Fleet.Bench.Serving;

/// <summary>
/// <c>dotnet run -c Release --project Bench -- fleet-index [cards] [minutes]</c>: a realm of 10,000 cards indexed by a whole fleet of real processes, with
/// two prerender servers and real browsers, and what it takes in time, in memory of each process and in Redis. It ends after 10 minutes, done or not.
/// </summary>
internal static class FleetIndexBench
{
    private const int Servers = 2;

    public static async Task RunAsync(int cards, TimeSpan limit)
    {
        using var realm = new GeneratedRealm(cards);
        var options = new LocalFleetOptions
        {
            Fleet = new FleetOptions { AdminKey = "bench-admin-key", PrerenderServers = Servers, Ports = new() { Realm = 0, Manager = 0, Prerender = 0, Redis = 0 } },
            RedisServer = Executables.Find("redis-server"),
            // The sample's app, with no other realm than this; pictures come after the index and would be measured with it.
            Settings = new Dictionary<string, string> { ["Realms:Root"] = realm.Root, ["Pictures:Enabled"] = "false", ["Index:Concurrency"] = "8" },
        };
        await using var fleet = await LocalFleet.StartAsync(options, new Silence(), TimeProvider.System, CancellationToken.None);
        using var client = new HttpClient { BaseAddress = fleet.Topology.Realm };
        var watch = Stopwatch.StartNew();
        var (done, failed, peak) = (0, 0, new Dictionary<string, long>());
        while (done < cards && watch.Elapsed < limit)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
            var status = await client.GetFromJsonAsync<JsonElement>("_index");
            (done, failed) = (status.GetProperty("done").GetInt32(), status.GetProperty("failed").GetInt32());
            foreach (var process in fleet.Processes)
            {
                peak[process.Name] = Math.Max(peak.GetValueOrDefault(process.Name), TreeMemory.Of(process.Id));
            }
        }

        Line("index", $"{done:n0} of {cards:n0} cards in {watch.Elapsed.TotalSeconds:n0} s, {done / watch.Elapsed.TotalSeconds:0.0} cards/s, {failed} failed");
        foreach (var (process, bytes) in peak.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Line($"most memory of {process}", $"{bytes / 1048576d:n0} MB with its children (PSS)");
        }

        Line("Redis", $"{await RedisAsync(fleet.Topology.Redis!)}");
        await fleet.StopAsync(CancellationToken.None);
    }

    private static async Task<string> RedisAsync(string connectionString)
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(connectionString + ",allowAdmin=true");
        var memory = (await connection.GetServer(connection.GetEndPoints()[0]).InfoAsync("memory")).SelectMany(section => section).ToDictionary(pair => pair.Key, pair => pair.Value);
        return string.Create(CultureInfo.InvariantCulture, $"{Mb("used_memory_dataset"):n0} MB of data, {Mb("used_memory"):n0} MB in all");

        double Mb(string name) => long.Parse(memory[name], CultureInfo.InvariantCulture) / 1048576d;
    }

    private static void Line(string what, FormattableString figure) => Console.WriteLine($"| {what} | {figure.ToString(CultureInfo.InvariantCulture)} |");

    private sealed class Silence : IFleetOutput
    {
        public void Write(string source, string line)
        {
            if (line.Contains("Indexing [", StringComparison.Ordinal))
            {
                Console.Error.WriteLine(line);
            }
        }
    }
}
