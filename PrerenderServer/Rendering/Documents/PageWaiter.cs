using System.Globalization;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering.Documents;

/// <summary>Waits for the conditions of a request: an element, a script, an event, a time.</summary>
internal sealed class PageWaiter(TimeProvider time)
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Time for a page to answer a trivial expression. A page that does not answer is busy; that is a timeout of the page, not an unmet condition.</summary>
    private static readonly TimeSpan s_probeTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for all conditions, and then for the fixed time. Returns null when they are met, otherwise the answer: <see cref="RenderOutcome.TimedOut"/> with the condition and
    /// the time, or <see cref="PageAnswer.IsRequestWrong"/> for a condition that no page can meet. Throws <see cref="BrowserTimeoutException"/> when the page does not answer.</summary>
    /// <param name="page">The page.</param>
    /// <param name="waits">The conditions.</param>
    /// <param name="deadline">When to end, at the latest.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task<PageAnswer?> WaitAsync(IRenderPage page, PageWaits waits, Deadline deadline, CancellationToken cancellationToken)
    {
        var wait = waits.Max is { } max && max < deadline.Left ? new Deadline(max, time) : deadline;
        foreach (var (name, value, expression) in ConditionsOf(waits))
        {
            if (await PollAsync(page, name, value, expression, wait, cancellationToken) is { } unmet)
            {
                return unmet;
            }
        }

        if (waits.Then > deadline.LeftOrZero)
        {
            var left = deadline.LeftOrZero;
            if (waits.IsBestAttempt)
            {
                await Task.Delay(left, time, cancellationToken);
            }

            return new()
            {
                Outcome = RenderOutcome.TimedOut,
                Message = string.Create(CultureInfo.InvariantCulture, $"'waitForTimeout' is {waits.Then.TotalMilliseconds:0} ms, and {left.TotalMilliseconds:0} ms were left until the deadline."),
            };
        }

        await Task.Delay(waits.Then, time, cancellationToken);
        return null;
    }

    private static IEnumerable<(string Name, string Value, string Expression)> ConditionsOf(PageWaits waits)
    {
        if (waits.Event is { } named)
        {
            yield return ("waitForEvent", named, "globalThis.__fleetEvent === true");
        }

        if (waits.Selector is { } selector)
        {
            yield return ("waitForSelector", selector,
                $"(() => {{ try {{ return document.querySelector({JsonSerializer.Serialize(selector)}) !== null; }} catch (e) {{ return e instanceof DOMException ? 'invalid' : String(e); }} }})()");
        }

        if (waits.Function is { } function)
        {
            yield return ("waitForFunction", function,
                $"(async () => {{ try {{ const f = ({function}\n); return !!(typeof f === 'function' ? await f() : await f); }} catch (e) {{ return String(e); }} }})()");
        }
    }

    private async Task<PageAnswer?> PollAsync(IRenderPage page, string name, string value, string expression, Deadline wait, CancellationToken cancellationToken)
    {
        string? error = null;
        while (true)
        {
            try
            {
                var state = await page.EvaluateAsync(expression, wait.Step(), cancellationToken);
                if (state.ValueKind == JsonValueKind.True)
                {
                    return null;
                }

                error = state.ValueKind == JsonValueKind.String ? state.GetString() : null;
                if (error == "invalid")
                {
                    return new() { Outcome = RenderOutcome.Failed, IsRequestWrong = true, Message = $"'{name}' is {Quoted.Of(value)}, which is not a CSS selector." };
                }
            }
            catch (PageScriptException e)
            {
                return new() { Outcome = RenderOutcome.Failed, IsRequestWrong = true, Message = $"'{name}' is {Quoted.Of(value)}, which is not a JavaScript expression: {e.Message}" };
            }
            catch (BrowserTimeoutException)
            {
                // Either the condition was not met in time, or the page is busy. A page that answers is not busy.
                if (page.End != PageTermination.None || !await page.AnswersAsync(s_probeTimeout, cancellationToken))
                {
                    throw;
                }
            }
            catch (BrowserException e) when (Settling.IsMovedOn(e, page))
            {
                // The page navigated to another document, which may meet the condition.
            }

            if (wait.Left <= s_pollInterval)
            {
                return Unmet(name, value, wait, error);
            }

            await Task.Delay(s_pollInterval, time, cancellationToken);
        }
    }

    private static PageAnswer Unmet(string name, string value, Deadline wait, string? error) => new()
    {
        Outcome = RenderOutcome.TimedOut,
        Message = string.Create(CultureInfo.InvariantCulture, $"'{name}' {Quoted.Of(value)} was not met within {wait.Total.TotalSeconds:0.##} s{(error is null ? "" : $", and last threw {error}")}."),
    };
}
