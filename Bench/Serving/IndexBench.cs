using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.RealmServer;
using Fleet.Registry.HostShells;
using Fleet.Registry.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench.Serving;

/// <summary>
/// <c>dotnet run -c Release --project Bench -- index [cards]</c>: a realm of 10,000 cards indexed with a fleet that takes no time, one card of it
/// changed, searched, and what it takes in memory and in Redis.
/// </summary>
internal static class IndexBench
{
    public static async Task RunAsync(int cards)
    {
        using var redis = await BenchRedis.StartAsync();
        var empty = await redis.UsedMemoryAsync();
        using var realm = new GeneratedRealm(cards);
        WebApplication? server = null;
        await using var manager = await FakeManager.StartAsync(realm, () => server!.Services.GetRequiredService<IHostShellStore>());
        await using var built = server = RealmServerApp.Build(
            [
                "--urls=http://127.0.0.1:0", $"--Realms:Root={realm.Root}", "--Index:Concurrency=8", "--Screenshots:Enabled=false", $"--ConnectionStrings:redis={redis.ConnectionString}",
                $"--services:manager:http:0={manager.Urls.Single()}",
            ],
            static builder => builder.Logging.ClearProviders());
        var memory = Memory();
        var watch = Stopwatch.StartNew();
        await server.StartAsync();
        using var client = new HttpClient { BaseAddress = new(server.Urls.Single() + "/") };
        await DoneAsync(client, status => status.GetProperty("done").GetInt32() == cards);
        Line("first index", $"{watch.Elapsed.TotalSeconds:0.0} s, {cards / watch.Elapsed.TotalSeconds:n0} cards/s");

        var store = server.Services.GetRequiredService<IPageStore>();
        var totals = await store.GetTotalsAsync(client.BaseAddress + GeneratedRealm.Name + "/", CancellationToken.None);
        Line("pages in Redis", $"{totals.Pages:n0}, {Mb(totals.Bytes)} as JSON, {Mb(await redis.UsedMemoryAsync() - empty)} of Redis' memory");
        Line("memory of the realm server", $"{Mb(Memory() - memory)} managed on top, {Mb(Environment.WorkingSet)} of the process (with bench and fake manager)");

        var before = Started(await StatusAsync(client));
        watch.Restart();
        await File.WriteAllTextAsync(Path.Combine(realm.Root, GeneratedRealm.Name, "card-77.json"), """{ "title": "Changed" }""");
        await DoneAsync(client, status => Started(status) != before);
        var changed = await StatusAsync(client);
        Line("one card changed", $"{watch.Elapsed.TotalMilliseconds:n0} ms until it and the {cards - changed.GetProperty("skipped").GetInt32() - 1} pages that read it are stored");

        watch.Restart();
        using var first = await client.GetAsync(new Uri("_search?q=card", UriKind.Relative));
        var cold = watch.Elapsed;
        watch.Restart();
        using var second = await client.GetAsync(new Uri("_search?q=card%20500", UriKind.Relative));
        Line("search", $"first {cold.TotalMilliseconds:n0} ms, then {watch.Elapsed.TotalMilliseconds:n0} ms");
    }

    private static long Memory() => GC.GetTotalMemory(forceFullCollection: true);

    private static string Mb(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576d:0.0} MB");

    private static string? Started(JsonElement status) => status.GetProperty("startedAt").GetString();

    private static Task<JsonElement> StatusAsync(HttpClient client) => client.GetFromJsonAsync<JsonElement>("_index");

    private static async Task DoneAsync(HttpClient client, Func<JsonElement, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (true)
        {
            var status = await StatusAsync(client);
            if (status.GetProperty("state").GetString() == "done" && condition(status))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    private static void Line(string what, FormattableString figure) => Console.WriteLine($"| {what} | {figure.ToString(CultureInfo.InvariantCulture)} |");
}
