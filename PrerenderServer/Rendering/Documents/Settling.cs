using System.Globalization;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering.Documents;

/// <summary>Waits until a page of any app has settled: it sets <c>window.prerenderReady</c>, or its network is quiet and its document no longer grows.</summary>
internal sealed class Settling(RenderingOptions options, TimeProvider time)
{
    /// <summary>Delay before a page that navigated to another document is polled again.</summary>
    public static readonly TimeSpan PauseAfterNavigation = TimeSpan.FromMilliseconds(50);

    /// <summary>For a page that settles later than this, the diagnostics name the request that took longest.</summary>
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(2);

    /// <summary>Time without growth after which a page that polls counts as quiet.</summary>
    private static readonly TimeSpan s_quietWhilePolling = TimeSpan.FromSeconds(1);

    /// <summary>Part of the budget in which a page reports which of its elements still grows.</summary>
    private static readonly TimeSpan s_reportReserve = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether a page could not answer because it navigated to another document.</summary>
    public static bool IsMovedOn(BrowserException error, IRenderPage page) => error is not (BrowserTimeoutException or PageScriptException) && page.End == PageTermination.None;

    /// <summary>Waits at most <paramref name="budget"/>. Does not throw if the page never settles.</summary>
    public async Task<SettlingResult> WaitAsync(IRenderPage page, TimeSpan budget, CancellationToken cancellationToken)
    {
        var wait = new Deadline(budget, time);
        var state = "";
        using var deadline = new CancellationTokenSource(budget, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (true)
            {
                var quiet = QuietOf(page);
                state = await AskAsync(page, wait, quiet, linked.Token);
                if (state == "explicit")
                {
                    return new(RenderStability.Settled, IsExplicit: true, null);
                }

                if (state.StartsWith("restless ", StringComparison.Ordinal))
                {
                    break;
                }

                if (state == "quiet" && page.Activity.IsQuiet(options.QuietNetwork) && quiet >= QuietOf(page))
                {
                    return page.Activity.Unanswered is { Count: > 0 } unanswered
                        ? new(RenderStability.Capped, false, $"The page was captured while it waited for {string.Join(", ", unanswered)}.")
                        : new(RenderStability.Settled, false, SlownessOf(page, budget - wait.Left));
                }

                await page.Activity.WaitForQuietAsync(options.QuietNetwork, linked.Token);
            }
        }
        catch (Exception e) when (e is BrowserTimeoutException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The budget is used up.
        }

        string[] culprits =
        [
            .. page.Activity.InFlight.Concat(page.Activity.Unanswered).Select(request => $"{request} is not answered"),
            .. state.StartsWith("restless ", StringComparison.Ordinal) ? [state["restless ".Length..]] : Array.Empty<string>(),
        ];
        return new(RenderStability.Capped, false, string.Create(CultureInfo.InvariantCulture, $"The page did not settle within {budget.TotalSeconds:0.#} s: {(culprits.Length == 0 ? "it is busy" : string.Join("; ", culprits))}."));
    }

    /// <summary>The time without growth after which the document counts as quiet: longer while streams or polls may make it grow in pieces, with pauses between them.</summary>
    private TimeSpan QuietOf(IRenderPage page)
    {
        var quiet = page.Activity.IsPolling(options.QuietNetwork) ? s_quietWhilePolling : page.Activity.IsStreaming ? options.QuietNetwork : TimeSpan.Zero;
        return quiet > options.QuietDocument ? quiet : options.QuietDocument;
    }

    private static string? SlownessOf(IRenderPage page, TimeSpan spent) => spent > s_slow && page.Activity.Slowest is { } slowest
        ? string.Create(CultureInfo.InvariantCulture, $"The page settled after {spent.TotalSeconds:0.#} s. Its slowest request, {slowest.Request}, took {slowest.Duration.TotalSeconds:0.#} s.")
        : null;

    private async Task<string> AskAsync(IRenderPage page, Deadline wait, TimeSpan quiet, CancellationToken cancellationToken)
    {
        try
        {
            var (quietMs, maxMs) = ((long)quiet.TotalMilliseconds, (long)Math.Max(1, (wait.Left - s_reportReserve).TotalMilliseconds));
            var state = await page.EvaluateAsync($"{PageScripts.Settle}({quietMs}, {maxMs})", wait.Step(), cancellationToken);
            return state.GetString() ?? "";
        }
        catch (BrowserException e) when (IsMovedOn(e, page))
        {
            // The page navigated to another document. Poll that one next.
            await Task.Delay(PauseAfterNavigation, time, cancellationToken);
            return "";
        }
    }
}

/// <summary>How a page settled.</summary>
/// <param name="Stability"><see cref="RenderStability.Settled"/>, or <see cref="RenderStability.Capped"/> if the page did not settle in time or waits for a request that is not answered.</param>
/// <param name="IsExplicit">Whether the page declared that it is ready.</param>
/// <param name="Reason">Names what kept the page from settling, or took long; null otherwise.</param>
internal sealed record SettlingResult(string Stability, bool IsExplicit, string? Reason);
