using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Fleet.BrowserSetup;
using Fleet.Contracts;
using Fleet.PrerenderServer;
using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Browser.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;

namespace Fleet.Bench.Rendering;

/// <summary>What a visit costs, beside the page's own work and beside what others do for it: <c>dotnet run -c Release --project Bench -- fast-path</c>.
/// All ways in turns, three times over; of each way the run in the middle counts.</summary>
internal static class FastPathBench
{
    private const int Rounds = 3;
    internal const string Work = "fleet.render({id:'1',url:location.href,formats:['isolated'],lineage:''})";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    internal static readonly Load s_fast = new(Warmup: 300, Visits: 200);
    private static readonly Load s_slow = new(Warmup: 2, Visits: 16);

    public static async Task RunAsync()
    {
        await using var site = await BenchSite.StartAsync();
        var rows = new List<BenchRow>();
        for (var round = 0; round < Rounds; round++)
        {
            rows.AddRange(await BareAsync(site.Url));
            rows.AddRange(await PlaywrightAsync(site.Url));
            foreach (var slots in (int[])[1, 4])
            {
                rows.AddRange(await FleetAsync(site.Url, slots));
            }
        }

        Console.WriteLine(BenchRow.Head);
        foreach (var way in rows.GroupBy(row => (row.Way, row.Lanes)).OrderBy(way => way.First().Way, StringComparer.Ordinal).ThenBy(way => way.Key.Lanes))
        {
            Console.WriteLine(BenchRow.Median(way));
        }
    }

    private static async Task<List<BenchRow>> BareAsync(Uri url)
    {
        var options = new BrowserOptions();
        await using var adapter = new ChromiumBrowserAdapter(
            options, BrowserLocator.Locate(options.ExecutablePath), url, [url.GetLeftPart(UriPartial.Authority)], null, TimeProvider.System, NullLogger<ChromiumBrowserAdapter>.Instance);
        await adapter.LaunchAsync(1, CancellationToken.None);
        var pages = new List<IRenderPage>();
        for (var slot = 1; slot <= 4; slot++)
        {
            pages.Add((IRenderPage)await adapter.CreateAsync(slot, 1, CancellationToken.None));
        }

        return
        [
            await EvaluateAsync(1),
            await EvaluateAsync(4),
        ];

        Task<BenchRow> EvaluateAsync(int lanes) => MeasureAsync("1 warm page, bare `Runtime.evaluate`", lanes, s_fast, () => adapter.Traffic,
            lane => pages[lane].EvaluateAsync($"{Work}.then(r => r.formats.isolated)", s_limit, CancellationToken.None));
    }

    private static async Task<List<BenchRow>> PlaywrightAsync(Uri url)
    {
        var options = new BrowserOptions();
        using var driver = await Playwright.CreateAsync();
        await using var browser = await driver.Chromium.LaunchAsync(new() { ExecutablePath = BrowserLocator.Locate(options.ExecutablePath), Args = ["--no-sandbox"] });
        var warm = await browser.NewPageAsync();
        await warm.GotoAsync(new Uri(url, "_standby").AbsoluteUri);
        return
        [
            await MeasureAsync("1 warm page, Playwright `EvaluateAsync`", 1, s_fast, null, _ => warm.EvaluateAsync<string>($"{Work}.then(r => r.formats.isolated)")),
            await MeasureAsync("3 any app, Playwright: new context, `goto`, ready, `content`", 1, s_slow, null, _ => OpenAsync()),
            await MeasureAsync("3 any app, Playwright: new context, `goto`, ready, `content`", 4, s_slow, null, _ => OpenAsync()),
        ];

        async Task OpenAsync()
        {
            await using var context = await browser.NewContextAsync();
            var page = await context.NewPageAsync();
            await page.GotoAsync(new Uri(url, "page").AbsoluteUri);
            await page.WaitForFunctionAsync("window.prerenderReady === true");
            await page.ContentAsync();
        }
    }

    private static async Task<List<BenchRow>> FleetAsync(Uri url, int lanes)
    {
        await using var server = await BenchServer.StartAsync(url, lanes + 1);
        var client = server.Client;

        var adapter = (ChromiumBrowserAdapter)server.Services.GetRequiredService<IBrowserAdapter>();
        var visits = 0;
        List<BenchRow> rows =
        [
            await MeasureAsync("2 fast path, Fleet `POST /renders`", lanes, s_fast, () => adapter.Traffic, lane => RenderAsync("_standby", $"user:{lane}", RenderFormat.Isolated)),
            await MeasureAsync("4 any app, Fleet, warm context", lanes, s_slow, () => adapter.Traffic, lane => RenderAsync("page", $"user:{lane}", RenderFormat.Html)),
            await MeasureAsync("5 any app, Fleet, cold: a new affinity each time", lanes, s_slow, () => adapter.Traffic,
                _ => RenderAsync("page", string.Create(CultureInfo.InvariantCulture, $"user:cold-{Interlocked.Increment(ref visits)}"), RenderFormat.Html)),
        ];
        return rows;

        async Task RenderAsync(string path, string affinity, RenderFormat format)
        {
            var request = new RenderRequest { Url = new Uri(url, path).AbsoluteUri, Affinity = affinity, Formats = [format] };
            using var response = await client.PostAsJsonAsync("renders", request, FleetJson.Options);
            var result = await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options);
            if (result?.Formats.GetValueOrDefault(format)?.Contains(">119<", StringComparison.Ordinal) != true)
            {
                throw new InvalidOperationException($"{(int)response.StatusCode} {result?.Outcome} {result?.Diagnostics?.Message}");
            }
        }
    }

    internal static async Task<BenchRow> MeasureAsync(string way, int lanes, Load load, Func<CdpTraffic>? traffic, Func<int, Task> visit)
    {
        await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => RepeatAsync(lane, load.Warmup, visit)));
        var (cpu, said, start) = (TreeCpu.Milliseconds(), traffic?.Invoke(), Stopwatch.GetTimestamp());
        var times = (await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => RepeatAsync(lane, load.Visits, visit)))).SelectMany(t => t).Order().ToArray();
        var took = Stopwatch.GetElapsedTime(start);
        var (used, spoken) = (TreeCpu.Milliseconds() - cpu, traffic?.Invoke() - said);
        var row = new BenchRow(way, lanes, times.Length / took.TotalSeconds, At(times, 0.5), At(times, 0.95), At(times, 0.99), used / times.Length,
            (double?)spoken?.Commands / times.Length, (spoken?.SentBytes + spoken?.ReceivedBytes) / 1024.0 / times.Length);
        Console.Error.WriteLine(row);
        return row;
    }

    private static async Task<List<double>> RepeatAsync(int lane, int visits, Func<int, Task> visit)
    {
        var times = new List<double>(visits);
        for (var i = 0; i < visits; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await visit(lane);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    internal sealed record Load(int Warmup, int Visits);
}
