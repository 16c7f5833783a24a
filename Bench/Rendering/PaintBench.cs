using System.Globalization;
using System.Net.Http.Json;
using Fleet.BrowserSetup;
using Fleet.Contracts;
using Fleet.PrerenderServer;
using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Browser.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Bench.Rendering;

/// <summary>What layout and paint cost: the fast path with and without them, in turns. <c>dotnet run -c Release --project Bench -- paint</c>. Takes about a minute.</summary>
internal static class PaintBench
{
    private const int Rounds = 3;

    /// <summary>The learning takes 50 renders.</summary>
    private static readonly FastPathBench.Load s_load = new(Warmup: 80, Visits: 150);

    public static async Task RunAsync()
    {
        await using var site = await BenchSite.StartAsync();
        var rows = new List<BenchRow>();
        await using var painted = await BenchServer.StartAsync(site.Url, 3, "--Rendering:NoPaint=Off");
        await using var unpainted = await BenchServer.StartAsync(site.Url, 3, "--Rendering:NoPaint=Auto");
        var options = new BrowserOptions();
        await using var adapter = new ChromiumBrowserAdapter(
            options, BrowserLocator.Locate(options.ExecutablePath), site.Url, [site.Url.GetLeftPart(UriPartial.Authority)], null, TimeProvider.System, NullLogger<ChromiumBrowserAdapter>.Instance);
        await adapter.LaunchAsync(1, CancellationToken.None);
        var page = (IRenderPage)await adapter.CreateAsync(1, 1, CancellationToken.None);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var isPainted in (bool[])[true, false])
            {
                var way = isPainted ? "painted" : "without layout and paint";
                rows.Add(await FastPathBench.MeasureAsync($"1 bare `Runtime.evaluate`, {way}", 1, s_load, () => adapter.Traffic, _ => page.EvaluateAsync(
                    $"__fleetPaint({(isPainted ? "true" : "false")}),{FastPathBench.Work}.then(r => r.formats.isolated)", TimeSpan.FromSeconds(30), CancellationToken.None)));
                foreach (var lanes in (int[])[1, 2])
                {
                    rows.Add(await MeasureAsync(isPainted ? painted : unpainted, site.Url, way, lanes));
                }
            }
        }

        Console.WriteLine(BenchRow.Head);
        foreach (var way in rows.GroupBy(row => (row.Way, row.Lanes)).OrderBy(way => way.Key.Way, StringComparer.Ordinal).ThenBy(way => way.Key.Lanes))
        {
            Console.WriteLine(BenchRow.Median(way));
        }
    }

    private static async Task<BenchRow> MeasureAsync(BenchServer server, Uri url, string way, int lanes)
    {
        var client = server.Client;
        var adapter = (ChromiumBrowserAdapter)server.Services.GetRequiredService<IBrowserAdapter>();
        return await FastPathBench.MeasureAsync($"2 Fleet `POST /renders`, {way}", lanes, s_load, () => adapter.Traffic, async lane =>
        {
            var request = new RenderRequest { Url = new Uri(url, "_standby").AbsoluteUri, Affinity = string.Create(CultureInfo.InvariantCulture, $"user:{lane}"), Formats = [RenderFormat.Isolated] };
            using var response = await client.PostAsJsonAsync("renders", request, FleetJson.Options);
            var result = await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options);
            if (result?.Formats.GetValueOrDefault(RenderFormat.Isolated)?.Contains(">119<", StringComparison.Ordinal) != true)
            {
                throw new InvalidOperationException($"{(int)response.StatusCode} {result?.Outcome} {result?.Diagnostics?.Message}");
            }
        });
    }
}
