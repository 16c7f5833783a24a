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
/// fast path; beside them, in turns, nothing, a page that only computes, and pages that flood, each loaded again as soon as it has ended. Once for two minutes with the default
/// settings, where the circuit breaker ends such a series, and once for 4 s without it, which shows what one page costs. Takes about 20 minutes; <c>flood default
/// data</c> measures only the default settings, and only the kinds with that word.</summary>
/// <remarks>A page may take a core, whatever it does with it: the page that computes shows how much of a ratio that is.</remarks>
internal static class FloodBench
{
    private const int Lanes = 2;

    private static readonly Phase[] s_phases =
    [
        new("With the default settings", [], Rounds: 1, Windows: 2, TimeSpan.FromSeconds(60)),
        new("Without the circuit breaker", ["--Rendering:HangsToOpen=100"], Rounds: 3, Windows: 1, TimeSpan.FromSeconds(4)),
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

    /// <param name="settings">A word of the title of the measurements to take.</param>
    /// <param name="beside">A word of the kinds to measure.</param>
    public static async Task RunAsync(string settings, string beside)
    {
        await using var site = await BenchSite.StartAsync();
        foreach (var (title, arguments, rounds, windows, window) in s_phases.Where(phase => phase.Title.Contains(settings, StringComparison.Ordinal)))
        {
            // The circuit breaker remembers an origin, so each window has one of its own.
            await using var hostile = await HostileSiteAsync(rounds * s_neighbours.Length);
            var origins = hostile.Urls.ToList();
            await using var server = await BenchServer.StartAsync(site.Url, Lanes + 2, [.. origins.Select((origin, i) => string.Create(CultureInfo.InvariantCulture, $"--Fleet:AllowedOrigins:{i}={origin}")), .. arguments]);
            await NeighboursAsync(server.Client, site.Url, TimeSpan.FromSeconds(8));
            var rows = new List<Row>();
            for (var round = 0; round < rounds; round++)
            {
                // The machine's speed changes within minutes, so each kind is compared with nothing just before it and just after it.
                var before = await QuietAsync(server.Client, site.Url, window);
                for (var kind = 1; kind < s_neighbours.Length; kind++)
                {
                    if (!s_neighbours[kind].Name.Contains(beside, StringComparison.Ordinal))
                    {
                        continue;
                    }

                    var own = await BesideAsync(server.Client, site.Url, new Uri(origins[(round * s_neighbours.Length) + kind]), kind, windows, window);
                    var after = await QuietAsync(server.Client, site.Url, window);
                    rows.AddRange(own.Select(row => row with { Ratio = row.Rate / ((before.Rate + after.Rate) / 2) }));
                    rows.Add(after);
                    before = after;
                    own.ForEach(row => Console.Error.WriteLine($"{row} {after.Rate}"));
                }
            }

            for (var number = 1; number <= windows; number++)
            {
                Write(windows == 1 ? title : string.Create(CultureInfo.InvariantCulture, $"{title}, {window.TotalSeconds:0} s, number {number}"), [.. rows.Where(row => row.Window == number || row.Beside == s_neighbours[0].Name)]);
            }
        }
    }

    private static void Write(string title, List<Row> rows)
    {
        Console.WriteLine($"{title}:");
        Console.WriteLine();
        Console.WriteLine("| beside | renders/s | p95 ms | × nothing | closed | rejected | server MB |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var own in s_neighbours.Select(neighbour => rows.Where(row => row.Beside == neighbour.Name).ToList()).Where(own => own.Count > 0))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {own[0].Beside} | {Median(own.Select(row => row.Rate)):0.0} | {Median(own.Select(row => row.P95)):0} | {Ratio(own)} | {own.Sum(row => row.Closed)} | {own.Sum(row => row.Rejected)} | {own.Max(row => row.ServerMb):0} |"));
        }

        Console.WriteLine();
    }

    private static TimeSpan Calm(TimeSpan window) => TimeSpan.FromSeconds(Math.Min(15, window.TotalSeconds));

    private static string Ratio(List<Row> own)
    {
        var ratios = own.Select(row => row.Ratio).Order().ToList();
        return ratios[0] == ratios[^1] ? string.Create(CultureInfo.InvariantCulture, $"{ratios[0]:0.00}") : string.Create(CultureInfo.InvariantCulture, $"{Median(ratios):0.00} ({ratios[0]:0.00} to {ratios[^1]:0.00})");
    }

    private static async Task<Row> QuietAsync(HttpClient client, Uri site, TimeSpan window)
    {
        // What the page before has left ends.
        await Task.Delay(s_pause);
        return await NeighboursAsync(client, site, Calm(window)) with { Ratio = 1, Beside = s_neighbours[0].Name };
    }

    /// <summary>Measures the neighbours in one window after the other, all beside the same series of hostile pages.</summary>
    private static async Task<List<Row>> BesideAsync(HttpClient client, Uri site, Uri hostile, int kind, int windows, TimeSpan window)
    {
        await Task.Delay(s_pause);
        using var stop = new CancellationTokenSource();
        var (flood, rows) = (new Flood(), new List<Row>());
        var pages = FloodAsync(client, hostile, kind, flood, stop.Token);
        for (var number = 1; number <= windows; number++)
        {
            var (closed, rejected) = (flood.Closed, flood.Rejected);
            var row = await NeighboursAsync(client, site, window);
            rows.Add(row with { Window = number, Beside = s_neighbours[kind].Name, Closed = flood.Closed - closed, Rejected = flood.Rejected - rejected });
        }

        await stop.CancelAsync();
        await pages;
        return rows;
    }

    private static async Task<Row> NeighboursAsync(HttpClient client, Uri site, TimeSpan window)
    {
        var start = Stopwatch.GetTimestamp();
        var times = (await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => RepeatAsync(client, site, lane, start, window)))).SelectMany(all => all).Order().ToList();
        return new() { Rate = times.Count / Stopwatch.GetElapsedTime(start).TotalSeconds, P95 = times[(int)(0.95 * (times.Count - 1))], ServerMb = Environment.WorkingSet / 1e6 };
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
    private static async Task FloodAsync(HttpClient client, Uri hostile, int kind, Flood flood, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var url = new Uri(hostile, string.Create(CultureInfo.InvariantCulture, $"{kind}/{Guid.NewGuid()}"));
                switch (await RenderAsync(client, new() { Url = url.AbsoluteUri, Affinity = "user:hostile", DeadlineMs = 20_000 }, cancellationToken))
                {
                    case null:
                        flood.Rejected++;
                        await Task.Delay(s_rejected, cancellationToken);
                        break;
                    case { Outcome: RenderOutcome.Unusable }:
                        flood.Closed++;
                        break;
                }
            }
            catch (OperationCanceledException)
            {
                return;
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

    /// <summary>A series of hostile pages.</summary>
    private sealed class Flood
    {
        /// <summary>Pages that were closed for what they did.</summary>
        public int Closed { get; set; }

        /// <summary>Renders that the server did not start.</summary>
        public int Rejected { get; set; }
    }

    private sealed record Phase(string Title, string[] Settings, int Rounds, int Windows, TimeSpan Window);

    private sealed record Row
    {
        public double Ratio { get; init; }

        public int Window { get; init; }

        public string Beside { get; init; } = "";

        public double Rate { get; init; }

        public double P95 { get; init; }

        public int Closed { get; init; }

        public int Rejected { get; init; }

        public double ServerMb { get; init; }
    }
}
