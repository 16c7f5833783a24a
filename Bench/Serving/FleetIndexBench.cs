using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Tests;
using Fleet.Tests.EndToEnd;
using Fleet.Tests.Processes;

namespace Fleet.Bench.Serving;

/// <summary>
/// <c>dotnet run -c Release --project Bench -- fleet-index [cards] [minutes]</c>: a realm of 10,000 cards indexed by a whole fleet of real processes, with
/// two prerender servers and real browsers, and what it takes in time, in memory of each service and in Redis. It ends after 10 minutes, done or not.
/// </summary>
internal static class FleetIndexBench
{
    private const int Servers = 2;
    private static readonly string[] s_services = ["RealmServer", "Manager", "PrerenderServer"];

    public static async Task RunAsync(int cards, TimeSpan limit)
    {
        using var realm = new GeneratedRealm(cards);
        using var redis = await BenchRedis.StartAsync();
        var address = FreePort.TakeAddress();
        // The sample's app, with no other realm than this; screenshots come after the index and would be measured with it.
        await using var fleet = AppHostProcess.Start(
            $"--Fleet:PrerenderServers={Servers}", $"--Fleet:Ports:Realm={address.Port}", $"--ConnectionStrings:redis={redis.ConnectionString}",
            $"--Realms:Root={realm.Root}", "--Screenshots:Enabled=false", "--Index:Concurrency=8");
        await fleet.LineAsync("Ready after ");
        using var client = new HttpClient { BaseAddress = address };
        var watch = Stopwatch.StartNew();
        var (done, failed, peak) = (0, 0, new Dictionary<string, long>());
        while (done < cards && watch.Elapsed < limit)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
            var status = await client.GetFromJsonAsync<JsonElement>("_index");
            (done, failed) = (status.GetProperty("done").GetInt32(), status.GetProperty("failed").GetInt32());
            foreach (var (service, id) in Services(fleet))
            {
                peak[service] = Math.Max(peak.GetValueOrDefault(service), TreeMemory.Of(id));
            }
        }

        Line("index", $"{done:n0} of {cards:n0} cards in {watch.Elapsed.TotalSeconds:n0} s, {done / watch.Elapsed.TotalSeconds:0.0} cards/s, {failed} failed");
        foreach (var (service, bytes) in peak.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Line($"most memory of {service}", $"{bytes / 1048576d:n0} MB with its children (PSS)");
        }

        Line("Redis", $"{await redis.UsedMemoryAsync() / 1048576d:n0} MB of data");
    }

    // The process of each service, known by its program; prerender servers are numbered in the order of their ids.
    private static IEnumerable<(string Service, int Id)> Services(AppHostProcess fleet) => fleet.Descendants()
        .Select(id => (Service: s_services.FirstOrDefault(service => ProcessTree.CommandLine(id).Contains("/Fleet." + service, StringComparison.Ordinal)), Id: id))
        .Where(process => process.Service is not null)
        .GroupBy(process => process.Service!)
        .SelectMany(group => group.OrderBy(process => process.Id).Select((process, i) => ($"{group.Key} {i}", process.Id)));

    private static void Line(string what, FormattableString figure) => Console.WriteLine($"| {what} | {figure.ToString(CultureInfo.InvariantCulture)} |");
}
