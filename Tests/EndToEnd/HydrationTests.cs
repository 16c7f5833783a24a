using System.Collections.Concurrent;
using Fleet.BrowserSetup;
using Microsoft.Playwright;

namespace Fleet.Tests.EndToEnd;

/// <summary>A real browser opens a prerendered page: the content is there at once, and the host app takes over without a visible change.</summary>
[Collection(SampleFleetCollection.Name)]
public sealed class HydrationTests(FleetFixture fixture)
{
    private const string CountShifts =
        """
        globalThis.shift = 0;
        new PerformanceObserver(list => list.getEntries().forEach(entry => globalThis.shift += entry.value))
          .observe({ type: 'layout-shift', buffered: true });
        """;

    private const string ShellsUserAgent = "Mozilla/5.0 Chrome Fleet-Prerender/1.0";

    private const int Timeout = 120_000;

    [Theory]
    [InlineData("elements/hydrogen")]
    [InlineData("elements/")]
    public async Task Open_PrerenderedCard_HostAppTakesOverWithoutErrorOrJump(string path)
    {
        var fleet = fixture.Fleet;
        await fleet.IndexedAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);

        var prerendered = await ReadAsync(browser, fleet.OnRealm(path), javaScript: false);
        var takenOver = await ReadAsync(browser, fleet.OnRealm(path), javaScript: true);

        Assert.Empty(takenOver.Complaints);
        Assert.Contains("data-fleet-ssr=", prerendered.Dom, StringComparison.Ordinal);
        Assert.Equal(prerendered.Dom, takenOver.Dom);
        Assert.InRange(takenOver.Shift, 0, 0.01);
    }

    // On a slow network, the visitor sees what is there before any script has arrived.
    [Fact]
    public async Task Open_BeforeAnyScriptHasCome_PrerenderedCardShowsItsContentAndTheShellDoesNot()
    {
        var fleet = fixture.Fleet;
        await fleet.IndexedAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);

        Assert.Equal("Hydrogen", await HeadingWithoutScriptsAsync(browser, fleet.OnRealm("elements/hydrogen"), userAgent: null));
        Assert.Null(await HeadingWithoutScriptsAsync(browser, fleet.OnRealm("elements/hydrogen"), ShellsUserAgent));
    }

    [Fact]
    public async Task FirstPaint_OnATelephone_Measurement()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("FLEET_PAINT_MEASURE") == "1", "A measurement, made on demand: set FLEET_PAINT_MEASURE=1.");
        var fleet = fixture.Fleet;
        await fleet.IndexedAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);

        var prerendered = await MedianFirstHeadingAsync(browser, fleet.OnRealm("elements/hydrogen"), userAgent: null);
        var shell = await MedianFirstHeadingAsync(browser, fleet.OnRealm("elements/hydrogen"), ShellsUserAgent);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"First contentful paint and content in the document, median of 5: prerendered {prerendered.Paint:0} ms and {prerendered.Content:0} ms, shell {shell.Paint:0} ms and {shell.Content:0} ms.");
    }

    private static Task<IBrowser> LaunchAsync(IPlaywright playwright) =>
        playwright.Chromium.LaunchAsync(new() { ExecutablePath = BrowserLocator.Locate(null), Args = ["--no-sandbox"] });

    private static async Task<string?> HeadingWithoutScriptsAsync(IBrowser browser, Uri url, string? userAgent)
    {
        await using var context = await browser.NewContextAsync(new() { UserAgent = userAgent });
        var page = await context.NewPageAsync();
        await page.RouteAsync("**/*.js", route => route.AbortAsync());
        await page.GotoAsync(url.AbsoluteUri, new() { Timeout = Timeout });
        return await page.EvaluateAsync<string?>("document.querySelector('#app h1')?.textContent ?? null");
    }

    private static async Task<(double Paint, double Content)> MedianFirstHeadingAsync(IBrowser browser, Uri url, string? userAgent)
    {
        const string NoteContent =
            """
            new MutationObserver((_, observer) => {
              if (!document.querySelector('#app h1')) return;
              globalThis.contentAt = performance.now();
              observer.disconnect();
            }).observe(document, { childList: true, subtree: true });
            """;
        var runs = new List<(double Paint, double Content)>();
        for (var run = 0; run < 5; run++)
        {
            await using var context = await browser.NewContextAsync(new() { UserAgent = userAgent });
            context.SetDefaultTimeout(Timeout);
            await context.AddInitScriptAsync(NoteContent);
            var page = await context.NewPageAsync();
            var cdp = await context.NewCDPSessionAsync(page);
            await cdp.SendAsync("Network.enable");
            await cdp.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object>
            {
                ["offline"] = false, ["latency"] = 40, ["downloadThroughput"] = 500_000, ["uploadThroughput"] = 500_000,
            });
            await cdp.SendAsync("Emulation.setCPUThrottlingRate", new Dictionary<string, object> { ["rate"] = 4 });
            await OpenAsync(page, url, WaitUntilState.Load);
            await page.WaitForFunctionAsync("globalThis.contentAt > 0 && performance.getEntriesByName('first-contentful-paint').length > 0");
            runs.Add((
                await page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
                await page.EvaluateAsync<double>("globalThis.contentAt")));
        }

        return (runs.Select(run => run.Paint).Order().ElementAt(2), runs.Select(run => run.Content).Order().ElementAt(2));
    }

    private static async Task<(string Dom, double Shift, List<string> Complaints)> ReadAsync(IBrowser browser, Uri url, bool javaScript)
    {
        await using var context = await browser.NewContextAsync(new() { JavaScriptEnabled = javaScript });
        context.SetDefaultTimeout(Timeout);
        await context.AddInitScriptAsync(CountShifts);
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);

        await OpenAsync(page, url, WaitUntilState.NetworkIdle);
        var dom = await page.Locator("#app").InnerHTMLAsync();
        return (dom, javaScript ? await page.EvaluateAsync<double>("globalThis.shift") : 0, complaints);
    }

    // A navigation that does not end names the requests that have not: "no answer" is the server's, "no end" the body's, none the browser's.
    private static async Task OpenAsync(IPage page, Uri url, WaitUntilState until)
    {
        var requests = new ConcurrentDictionary<IRequest, string>();
        page.Request += (_, request) => requests[request] = "no answer";
        page.Response += (_, response) => requests[response.Request] = "no end";
        page.RequestFinished += (_, request) => requests.TryRemove(request, out string? _);
        page.RequestFailed += (_, request) => requests.TryRemove(request, out string? _);
        try
        {
            await page.GotoAsync(url.AbsoluteUri, new() { WaitUntil = until, Timeout = Timeout });
        }
        catch (TimeoutException error)
        {
            var open = string.Join(", ", requests.Select(request => $"{request.Key.Url} ({request.Value})"));
            throw new TimeoutException($"{url} did not reach {until}. Open requests: {(open.Length == 0 ? "none" : open)}.", error);
        }
    }
}
