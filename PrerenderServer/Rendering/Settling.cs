using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Operations;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Waits until a page of any app has come to rest: its own word (<c>window.prerenderReady</c>), else a quiet network and a quiet document.</summary>
internal sealed class Settling(RenderingOptions options, TimeProvider time)
{
    /// <summary>The page came to rest.</summary>
    public const string Settled = "settled";

    /// <summary>It did not in time.</summary>
    public const string Capped = "capped";

    /// <summary>Before a page that went on to another document is asked again.</summary>
    public static readonly TimeSpan PauseAfterNavigation = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether a page could not answer because it went on to another document meanwhile.</summary>
    public static bool IsMovedOn(BrowserException error, IRenderPage page) => error is not (BrowserTimeoutException or PageScriptException) && page.End == PageTermination.None;

    /// <summary>Waits for rest at most <paramref name="budget"/> and says which it was. Never throws because the page is restless.</summary>
    public async Task<string> WaitAsync(IRenderPage page, TimeSpan budget, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(budget, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (!await IsAtRestAsync(page, budget, either.Token))
            {
                await page.Activity.WaitForQuietAsync(options.QuietNetwork, either.Token);
            }

            return Settled;
        }
        catch (Exception e) when (e is BrowserTimeoutException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Capped;
        }
    }

    private async Task<bool> IsAtRestAsync(IRenderPage page, TimeSpan budget, CancellationToken cancellationToken)
    {
        try
        {
            var quietMs = (long)options.QuietDocument.TotalMilliseconds;
            var word = await page.EvaluateAsync($"({PageScripts.Settle})({quietMs})", budget, cancellationToken);
            return word.ValueEquals("explicit") || (word.ValueEquals("quiet") && page.Activity.IsQuiet(options.QuietNetwork));
        }
        catch (BrowserException e) when (IsMovedOn(e, page))
        {
            // The page went on to another document while it was asked; that one is asked next.
            await Task.Delay(PauseAfterNavigation, time, cancellationToken);
            return false;
        }
    }
}
