using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Operations;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Waits until a page of any app has settled: it sets <c>window.prerenderReady</c>, or its network and document are quiet.</summary>
internal sealed class Settling(RenderingOptions options, TimeProvider time)
{
    /// <summary>The page settled.</summary>
    public const string Settled = "settled";

    /// <summary>The page did not settle in time.</summary>
    public const string Capped = "capped";

    /// <summary>Delay before a page that navigated to another document is polled again.</summary>
    public static readonly TimeSpan PauseAfterNavigation = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether a page could not answer because it navigated to another document.</summary>
    public static bool IsMovedOn(BrowserException error, IRenderPage page) => error is not (BrowserTimeoutException or PageScriptException) && page.End == PageTermination.None;

    /// <summary>Waits at most <paramref name="budget"/> and returns <see cref="Settled"/> or <see cref="Capped"/>. Does not throw if the page never settles.</summary>
    public async Task<string> WaitAsync(IRenderPage page, TimeSpan budget, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(budget, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (!await IsSettledAsync(page, budget, linked.Token))
            {
                await page.Activity.WaitForQuietAsync(options.QuietNetwork, linked.Token);
            }

            return Settled;
        }
        catch (Exception e) when (e is BrowserTimeoutException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Capped;
        }
    }

    private async Task<bool> IsSettledAsync(IRenderPage page, TimeSpan budget, CancellationToken cancellationToken)
    {
        try
        {
            var quietMs = (long)options.QuietDocument.TotalMilliseconds;
            var state = await page.EvaluateAsync($"({PageScripts.Settle})({quietMs})", budget, cancellationToken);
            return state.ValueEquals("explicit") || (state.ValueEquals("quiet") && page.Activity.IsQuiet(options.QuietNetwork));
        }
        catch (BrowserException e) when (IsMovedOn(e, page))
        {
            // The page navigated to another document. Poll that one next.
            await Task.Delay(PauseAfterNavigation, time, cancellationToken);
            return false;
        }
    }
}
