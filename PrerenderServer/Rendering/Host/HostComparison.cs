using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.PrerenderServer.Rendering.Painting;

namespace Fleet.PrerenderServer.Rendering.Host;

/// <summary>Repeats an answered render of the host app the other way, painted or not, in the same page, and compares both. A difference is confirmed by a third
/// render, which must equal the first one: otherwise the content has changed in between.</summary>
internal sealed class HostComparison(RenderingOptions options, PaintControl painting, CpuLimiter gate, TimeProvider time)
{
    /// <summary>Compares an answer. Returns the condition of the page.</summary>
    public async Task<PageCondition> RunAsync(IRenderPage page, PageAnswer answer, HostCall call, CancellationToken cancellationToken)
    {
        try
        {
            await using var permit = await CpuPermit.TakeAsync(gate, page, options.RecoveryBudget, time, cancellationToken);
            page.Activity.Begin();
            var other = await TryAsync(page, call with { IsPainted = !call.IsPainted }, cancellationToken);
            if (other is { Layout.IsNone: false })
            {
                return PageCondition.Healthy; // Answered has noted it.
            }

            if (other is not null && IsSame(answer, other))
            {
                painting.Compared(call.Key, Comparison.Equal);
                return PageCondition.Healthy;
            }

            var again = await TryAsync(page, call, cancellationToken);
            painting.Compared(call.Key, again is not null && IsSame(answer, again) ? Comparison.Different : Comparison.Unsteady);
            // A call that did not end may still run.
            return other is null || again is null ? PageCondition.Dirty : PageCondition.Healthy;
        }
        catch (PoolDeadlineException)
        {
            return PageCondition.Healthy; // No permit: the page was not used.
        }
        catch (Exception e) when (e is BrowserException or OperationCanceledException)
        {
            return page.End.ToCondition(whileOpen: PageCondition.Dirty);
        }
    }

    /// <summary>Whether two answers are the same for every reader. The order of dependencies is that in which requests end.</summary>
    public static bool IsSame(PageAnswer one, PageAnswer other) =>
        (one.Outcome, one.Status, one.Message) == (other.Outcome, other.Status, other.Message)
        && one.Data?.GetRawText() == other.Data?.GetRawText()
        && one.Formats.Count == other.Formats.Count && one.Formats.All(format => other.Formats.GetValueOrDefault(format.Key) == format.Value)
        && one.Deps.ToHashSet(StringComparer.Ordinal).SetEquals(other.Deps);

    /// <summary>Repeats the call; null if it did not end in time, or threw.</summary>
    private async Task<PageAnswer?> TryAsync(IRenderPage page, HostCall call, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await HostRender.CallAsync(page, call, options, options.RecoveryBudget / 2, cancellationToken);
            painting.Answered(call.Key, call.IsPainted, answer.Layout);
            return answer;
        }
        catch (Exception e) when (page.End == PageTermination.None && (e is BrowserTimeoutException or PageScriptException || PageJson.IsUnreadable(e)))
        {
            return null;
        }
    }
}
