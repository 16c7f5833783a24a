using System.Globalization;
using System.Net.Http.Json;
using Fleet.BrowserSetup;
using Fleet.Contracts;
using Fleet.PrerenderServer;
using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Browser.Processes;
using Fleet.Registry;
using Fleet.Tests.InMemory;
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
        await using var painted = await StartAsync(site.Url, "Off");
        await using var unpainted = await StartAsync(site.Url, "Auto");
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

    private static async Task<BenchRow> MeasureAsync(WebApplication server, Uri url, string way, int lanes)
    {
        using var client = new HttpClient { BaseAddress = new Uri(server.Urls.Single()) };
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

    private static async Task<WebApplication> StartAsync(Uri url, string noPaint)
    {
        var server = PrerenderServerApp.Build(
            ["--urls=http://127.0.0.1:0", "--environment=Development", $"--services:realm:http:0={url}", "--Pool:Slots=3", "--Registration:Name=bench", $"--Rendering:NoPaint={noPaint}"],
            builder =>
            {
                builder.Services.AddFleetRegistry(new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance));
                builder.Logging.ClearProviders();
            });
        await server.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(server.Urls.Single()) };
        while (!(await client.GetAsync("health")).IsSuccessStatusCode)
        {
            await Task.Delay(100);
        }

        return server;
    }
}
