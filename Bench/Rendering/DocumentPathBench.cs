using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Fleet.BrowserSetup;
using Fleet.Contracts;
using Fleet.PrerenderServer;
using Fleet.PrerenderServer.Browser;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;

namespace Fleet.Bench.Rendering;

/// <summary>Documents by the fleet's own protocol code and by Playwright's API: which are right, and what they cost. <c>dotnet run -c Release --project Bench -- document-path</c></summary>
internal static class DocumentPathBench
{
    // Of each lane.
    private const int Visits = 16;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(string? only)
    {
        await using var site = await BenchSite.StartAsync();
        if (only is null or "playwright")
        {
            await PlaywrightAsync(site);
        }

        if (only is null or "own")
        {
            await OwnAsync(site);
        }
    }

    private static async Task PlaywrightAsync(BenchSite site)
    {
        using var driver = await Playwright.CreateAsync();
        await using var browser = await driver.Chromium.LaunchAsync(new() { ExecutablePath = BrowserLocator.Locate(null), ChromiumSandbox = !Environment.IsPrivilegedProcess });
        var allowed = new OriginAllowList([site.Url.GetLeftPart(UriPartial.Authority)]);
        await MeasureAsync("Playwright, `content()`", site, (url, _) => new PlaywrightDocuments(browser, allowed, ownScripts: false).RenderAsync(url));
        await MeasureAsync("Playwright, the fleet's scripts", site, (url, _) => new PlaywrightDocuments(browser, allowed, ownScripts: true).RenderAsync(url));
    }

    private static async Task OwnAsync(BenchSite site)
    {
        await using var server = await BenchServer.StartAsync(site.Url, 5);
        var client = server.Client;

        await MeasureAsync("own protocol code, a warm slot per lane", site, (url, lane) => RenderAsync(url, $"user:{lane}"));

        async Task<(int Status, string Html)> RenderAsync(Uri url, string affinity)
        {
            using var response = await client.PostAsJsonAsync("renders", new RenderRequest { Url = url.AbsoluteUri, Affinity = affinity, Formats = [RenderFormat.Html] }, FleetJson.Options);
            var result = await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options);
            return (result?.Status ?? 0, result?.Formats.GetValueOrDefault(RenderFormat.Html) ?? "");
        }
    }

    private static async Task MeasureAsync(string way, BenchSite site, Func<Uri, int, Task<(int Status, string Html)>> render)
    {
        var wrong = new List<string>();
        foreach (var page in DocumentCase.All)
        {
            // Twice: the second visit shows what the first has left.
            var visits = page.Name.StartsWith("03", StringComparison.Ordinal) ? 2 : 1;
            var isRight = true;
            for (var visit = 0; visit < visits; visit++)
            {
                isRight &= await IsRightAsync(page);
            }

            if (!isRight)
            {
                wrong.Add(page.Name);
            }
        }

        Console.WriteLine($"{way}: {DocumentCase.All.Count - wrong.Count} of {DocumentCase.All.Count} right; wrong: {string.Join(", ", wrong)}");
        foreach (var lanes in (int[])[1, 4])
        {
            var start = Stopwatch.GetTimestamp();
            var times = (await Task.WhenAll(Enumerable.Range(0, lanes).Select(LaneAsync))).SelectMany(t => t).Order().ToArray();
            var took = Stopwatch.GetElapsedTime(start);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {way} | {lanes} | {times.Length / took.TotalSeconds:0.0} | {times[times.Length / 2]:0} | {times[(int)(0.99 * (times.Length - 1))]:0} |"));
        }

        async Task<List<double>> LaneAsync(int lane)
        {
            var times = new List<double>(Visits);
            for (var i = 0; i < Visits; i++)
            {
                var page = DocumentCase.Measured[i % DocumentCase.Measured.Count];
                var start = Stopwatch.GetTimestamp();
                var (_, html) = await render(new Uri(site.Url, page.Path), lane);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (html.Length == 0)
                {
                    throw new InvalidOperationException($"{way}: no document of {page.Path}.");
                }
            }

            return times;
        }

        async Task<bool> IsRightAsync(DocumentCase page)
        {
            try
            {
                var (status, html) = await render(new Uri(site.Url, page.Path), 0).WaitAsync(s_limit);
                return page.IsRight(status, html);
            }
            catch (Exception e) when (e is PlaywrightException or TimeoutException)
            {
                return false;
            }
        }
    }
}
