using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Fleet.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench.Rendering;

/// <summary>What a page that floods the browser's connection costs the pages beside it: <c>dotnet run -c Release --project Bench -- flood</c>. Two lanes render the host app on its
/// fast path; beside them, in turns, nothing, a page that only computes, and pages that flood, each loaded again as soon as it has ended. Once for 60 s with the default settings,
/// where the circuit breaker ends such a series, and once for 4 s without it, which shows what one page costs. Takes about ten minutes.</summary>
/// <remarks>A page may take a core, whatever it does with it: the page that computes shows how much of a ratio that is.</remarks>
internal static class FloodBench
{
    private const int Lanes = 2;

    private static readonly Phase[] s_phases =
    [
        new("With the default settings", [], Rounds: 1, TimeSpan.FromSeconds(60)),
        new("Without the circuit breaker", ["--Rendering:HangsToOpen=100"], Rounds: 3, TimeSpan.FromSeconds(4)),
    ];

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(0.5);

    /// <summary>How long a caller whose render is rejected waits before the next one.</summary>
    private static readonly TimeSpan s_rejected = TimeSpan.FromMilliseconds(100);

    private static readonly (string Name, string Script)[] s_neighbours =
    [
        ("nothing", ""),
        ("a page that computes", "for (;;);"),
        ("console messages of 1 MB", "for (;;) console.error('x'.repeat(1e6))"),
        ("small console messages", "for (;;) console.error('x')"),
        ("exceptions of 100 KB", "const go = () => { setTimeout(go); setTimeout(go); throw new Error('x'.repeat(1e5)) }; go()"),
        ("fetches of `data:`", "const url = 'data:text/plain,' + 'x'.repeat(2e4); (function go() { for (let i = 0; i < 3000; i++) fetch(url); setTimeout(go); })()"),
        ("changes of the address", "for (let i = 0;; i++) history.replaceState(null, '', '#' + i)"),
    ];

    public static async Task RunAsync()
    {
        await using var site = await BenchSite.StartAsync();
        foreach (var (title, settings, rounds, window) in s_phases)
        {
            // The circuit breaker remembers an origin, so each window has one of its own.
            await using var hostile = await HostileSiteAsync(rounds * s_neighbours.Length);
            var origins = hostile.Urls.ToList();
            await using var server = await BenchServer.StartAsync(site.Url, Lanes + 2, [.. origins.Select((origin, i) => string.Create(CultureInfo.InvariantCulture, $"--Fleet:AllowedOrigins:{i}={origin}")), .. settings]);
            await MeasureAsync(server.Client, site.Url, null, 0, TimeSpan.FromSeconds(8));
            var rows = new List<Row>();
            for (var round = 0; round < rounds; round++)
            {
                // The machine's speed changes within minutes, so each kind is compared with nothing just before it and just after it.
                var before = await MeasureAsync(server.Client, site.Url, null, 0, Calm(window));
                for (var kind = 1; kind < s_neighbours.Length; kind++)
                {
                    var row = await MeasureAsync(server.Client, site.Url, new Uri(origins[(round * s_neighbours.Length) + kind]), kind, window);
                    var after = await MeasureAsync(server.Client, site.Url, null, 0, Calm(window));
                    rows.Add(row with { Ratio = row.Rate / ((before.Rate + after.Rate) / 2) });
                    rows.Add(after with { Ratio = 1 });
                    before = after;
                    Console.Error.WriteLine($"{rows[^2]} {after.Rate}");
                }
            }

            Write(title, rows);
        }
    }

    private static void Write(string title, List<Row> rows)
    {
        Console.WriteLine($"{title}:");
        Console.WriteLine();
        Console.WriteLine("| beside | renders/s | p95 ms | × nothing | closed | rejected | server MB |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var (name, _) in s_neighbours)
        {
            var own = rows.Where(row => row.Beside == name).ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {Median(own.Select(row => row.Rate)):0.0} | {Median(own.Select(row => row.P95)):0} | {Ratio(own)} | {own.Sum(row => row.Flood.Closed)} | {own.Sum(row => row.Flood.Rejected)} | {own.Max(row => row.ServerMb):0} |"));
        }

        Console.WriteLine();
    }

    private static TimeSpan Calm(TimeSpan window) => TimeSpan.FromSeconds(Math.Min(15, window.TotalSeconds));

    private static string Ratio(List<Row> own)
    {
        var ratios = own.Select(row => row.Ratio).Order().ToList();
        return ratios[0] == ratios[^1] ? string.Create(CultureInfo.InvariantCulture, $"{ratios[0]:0.00}") : string.Create(CultureInfo.InvariantCulture, $"{Median(ratios):0.00} ({ratios[0]:0.00} to {ratios[^1]:0.00})");
    }

    private static async Task<Row> MeasureAsync(HttpClient client, Uri site, Uri? hostile, int kind, TimeSpan window)
    {
        // What the page before has left ends.
        await Task.Delay(s_pause);
        using var stop = new CancellationTokenSource();
        var flood = kind == 0 ? Task.FromResult(default(Flood)) : FloodAsync(client, hostile!, kind, stop.Token);
        var start = Stopwatch.GetTimestamp();
        var times = (await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => RepeatAsync(client, site, lane, start, window)))).SelectMany(all => all).Order().ToList();
        var rate = times.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        var memory = Environment.WorkingSet / 1e6;
        await stop.CancelAsync();
        return new(0, s_neighbours[kind].Name, rate, times[(int)(0.95 * (times.Count - 1))], await flood, memory);
    }

    private static async Task<List<double>> RepeatAsync(HttpClient client, Uri site, int lane, long start, TimeSpan window)
    {
        var times = new List<double>();
        while (Stopwatch.GetElapsedTime(start) < window)
        {
            var began = Stopwatch.GetTimestamp();
            var request = new RenderRequest { Url = new Uri(site, "_standby").AbsoluteUri, Affinity = string.Create(CultureInfo.InvariantCulture, $"user:{lane}"), Formats = [RenderFormat.Isolated] };
            var result = await RenderAsync(client, request, CancellationToken.None);
            if (result?.Outcome != RenderOutcome.Rendered)
            {
                throw new InvalidOperationException($"A neighbour is {result?.Outcome}: {result?.Diagnostics?.Message}");
            }

            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return times;
    }

    /// <summary>Loads hostile pages, one after the other, until it is cancelled.</summary>
    private static async Task<Flood> FloodAsync(HttpClient client, Uri hostile, int kind, CancellationToken cancellationToken)
    {
        for (var flood = default(Flood); ;)
        {
            try
            {
                var url = new Uri(hostile, string.Create(CultureInfo.InvariantCulture, $"{kind}/{Guid.NewGuid()}"));
                var result = await RenderAsync(client, new() { Url = url.AbsoluteUri, Affinity = "user:hostile", DeadlineMs = 20_000 }, cancellationToken);
                if (result is null)
                {
                    await Task.Delay(s_rejected, cancellationToken);
                }

                flood = result switch
                {
                    null => flood with { Rejected = flood.Rejected + 1 },
                    { Outcome: RenderOutcome.Unusable } => flood with { Closed = flood.Closed + 1 },
                    _ => flood,
                };
            }
            catch (OperationCanceledException)
            {
                return flood;
            }
        }
    }

    private static async Task<RenderResult?> RenderAsync(HttpClient client, RenderRequest request, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync("renders", request, FleetJson.Options, cancellationToken);
        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, cancellationToken) : null;
    }

    private static async Task<WebApplication> HostileSiteAsync(int origins)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            for (var i = 0; i < origins; i++)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
        });
        var app = builder.Build();
        app.MapGet("/{kind:int}/{id}", (int kind) => Results.Content($"<p>x</p><script>window.prerenderReady = false; {s_neighbours[kind].Script}</script>", "text/html"));
        await app.StartAsync();
        return app;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;

    /// <param name="Closed">Pages that were closed for what they did.</param>
    /// <param name="Rejected">Renders that the server did not start.</param>
    private readonly record struct Flood(int Closed, int Rejected);

    private sealed record Phase(string Title, string[] Settings, int Rounds, TimeSpan Window);

    private sealed record Row(double Ratio, string Beside, double Rate, double P95, Flood Flood, double ServerMb);
}
