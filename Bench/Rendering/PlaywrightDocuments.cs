using System.Diagnostics;
using System.Text.Json;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;
using Microsoft.Playwright;

namespace Fleet.Bench.Rendering;

/// <summary>The document path as Playwright's own API has it: a new context per visit, an intercepted route as allow-list, settled by the fleet's rule, <c>content()</c>.</summary>
/// <param name="browser">The browser.</param>
/// <param name="allowed">Origins that pages may request.</param>
/// <param name="ownScripts">Whether documents are captured and scrolled through by the fleet's scripts instead of <c>content()</c>.</param>
internal sealed class PlaywrightDocuments(IBrowser browser, OriginAllowList allowed, bool ownScripts)
{
    private static readonly RenderingOptions s_options = new();

    public async Task<(int Status, string Html)> RenderAsync(Uri url)
    {
        await using var context = await browser.NewContextAsync(new() { ServiceWorkers = ServiceWorkerPolicy.Block });
        await context.AddInitScriptAsync(PageScripts.Start);
        await context.RouteAsync("**/*", route => allowed.Allows(new Uri(route.Request.Url)) ? route.ContinueAsync() : route.AbortAsync("blockedbyclient"));
        var page = await context.NewPageAsync();
        var network = new Network(page);
        var response = await page.GotoAsync(url.AbsoluteUri, new() { WaitUntil = WaitUntilState.Commit, Timeout = (float)s_options.SettleTimeout.TotalMilliseconds });
        await SettleAsync(page, network);
        if (response?.Request.RedirectedFrom is not null || page.Url != url.AbsoluteUri)
        {
            return (302, "");
        }

        if (!ownScripts)
        {
            return (response?.Status ?? 0, await page.ContentAsync());
        }

        if (await page.EvaluateAsync<bool?>($"{PageScripts.Reveal}(1500)") == true)
        {
            await SettleAsync(page, network);
        }

        var captured = await page.EvaluateAsync<JsonElement>($"{PageScripts.Capture}({10 * 1024 * 1024}, location.href)");
        return (response?.Status ?? 0, captured.GetProperty("html").GetString()!);
    }

    private static async Task SettleAsync(IPage page, Network network)
    {
        var start = Stopwatch.GetTimestamp();
        while (s_options.SettleTimeout - Stopwatch.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            var state = "";
            try
            {
                state = await page.EvaluateAsync<string>($"{PageScripts.Settle}({(long)s_options.QuietDocument.TotalMilliseconds}, {(long)left.TotalMilliseconds})");
            }
            catch (PlaywrightException e) when (e.Message.Contains("Execution context was destroyed", StringComparison.Ordinal))
            {
                // The page navigated to another document. Poll that one next.
                await Task.Delay(50);
                continue;
            }

            if (state == "explicit" || state.StartsWith("restless", StringComparison.Ordinal) || network.IsQuiet(s_options.QuietNetwork))
            {
                return;
            }

            await Task.Delay(network.Rest(s_options.QuietNetwork));
        }
    }

    /// <summary>Requests in flight, as Playwright's events have them.</summary>
    private sealed class Network
    {
        private readonly Lock _gate = new();
        private readonly HashSet<IRequest> _inFlight = [];
        private long _lastChange = Stopwatch.GetTimestamp();

        public Network(IPage page)
        {
            page.Request += (_, request) => Change(() => _inFlight.Add(request));
            page.RequestFinished += (_, request) => Change(() => _inFlight.Remove(request));
            page.RequestFailed += (_, request) => Change(() => _inFlight.Remove(request));
        }

        public bool IsQuiet(TimeSpan quiet)
        {
            lock (_gate)
            {
                return _inFlight.Count == 0 && Stopwatch.GetElapsedTime(_lastChange) >= quiet;
            }
        }

        /// <summary>Time until it can be quiet at the earliest.</summary>
        public TimeSpan Rest(TimeSpan quiet)
        {
            lock (_gate)
            {
                var rest = quiet - Stopwatch.GetElapsedTime(_lastChange);
                return _inFlight.Count > 0 || rest < TimeSpan.FromMilliseconds(10) ? TimeSpan.FromMilliseconds(10) : rest;
            }
        }

        private void Change(Action change)
        {
            lock (_gate)
            {
                change();
                _lastChange = Stopwatch.GetTimestamp();
            }
        }
    }
}
