using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering.Documents;

/// <summary>Renders a page of any app: navigates to the URL, waits until the page settles, and captures the document.</summary>
internal sealed class DocumentRender(RenderingOptions options, OriginAllowList allowed, RecentHangs hangs, TimeProvider time)
{
    /// <summary>Maximum of the time that is reserved for the capture, a fifth of the deadline: 2 s.</summary>
    private static readonly TimeSpan s_maxCaptureReserve = TimeSpan.FromSeconds(2);

    /// <summary>Maximum duration of the scroll through a page that shows content only when it is scrolled to.</summary>
    private static readonly TimeSpan s_maxRevealTime = TimeSpan.FromSeconds(1.5);

    /// <summary>A page that settles so late is captured without the scroll.</summary>
    private static readonly TimeSpan s_minRevealTime = TimeSpan.FromMilliseconds(200);

    /// <summary>Closed shadow roots that the parser attached are found to this depth of each other.</summary>
    private const int MaxRootDepth = 5;

    private readonly Settling _settling = new(options, time);
    private readonly PageWaiter _waiter = new(time);
    private readonly ScreenshotCapture _screenshots = new(options);

    public async Task<PageAnswer> RunAsync(IRenderPage page, RenderOperation operation, RenderProgress progress, CancellationToken cancellationToken)
    {
        progress.Enter(Stages.Navigate);
        if (operation.Setup is { } setup)
        {
            await page.SetUpAsync(setup, operation.Deadline.Step(), cancellationToken);
        }

        // A document describes the requested URL, so leaving that URL is reported as a redirect. A screenshot shows the page that a visitor ends up on, so redirects are followed.
        var isScreenshot = operation.Screenshot is not null;
        var navigation = await page.NavigateAsync(
            operation.Url, url => isScreenshot && allowed.Allows(url), hangs.Contains(operation.Realm), operation.Deadline.Step(), cancellationToken);
        if (navigation.RedirectUrl is { } target && (!isScreenshot || navigation.LoadedStatus == 0)
            && !(navigation.LoadedStatus != 0 && await IsBackAsync(page, operation, cancellationToken)))
        {
            progress.End();
            return new() { Outcome = RenderOutcome.Rendered, Status = navigation.Status, RedirectUrl = target };
        }

        var answer = CapturedDocument.WithoutLoop(
            await CaptureAsync(page, operation, navigation.LoadedStatus, navigation.Refresh, progress, cancellationToken), operation.Url);
        if (answer.RedirectUrl is null && page.Activity.DocumentFailure is { } code)
        {
            return new() { Outcome = RenderOutcome.NoVerdict, Status = navigation.LoadedStatus, Message = $"The document was not received completely: {code}." };
        }

        return navigation.Headers is null || answer.RedirectUrl is not null ? answer : answer with { Headers = CapturedDocument.Joined(navigation.Headers, answer.Headers) };
    }

    /// <summary>Waits until the page that shows the URL has settled, and captures it.</summary>
    /// <param name="page">The page.</param>
    /// <param name="operation">The render.</param>
    /// <param name="httpStatus">HTTP status of the document.</param>
    /// <param name="refresh">The document's <c>Refresh</c> header; null without one.</param>
    /// <param name="progress">Receives the steps.</param>
    /// <param name="cancellationToken">Cancels the render.</param>
    public async Task<PageAnswer> CaptureAsync(
        IRenderPage page, RenderOperation operation, int httpStatus, string? refresh, RenderProgress progress, CancellationToken cancellationToken)
    {
        progress.Keep(new() { Outcome = RenderOutcome.TimedOut, Status = httpStatus });
        var isScreenshot = operation.Screenshot is not null;
        var departed = page.Departed;
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var capture = ReadSettledAsync(page, operation, progress, left.Token);
        if (await Task.WhenAny(departed, capture) == departed || departed.IsCompleted)
        {
            await left.CancelAsync();
            await Ended(capture);
            cancellationToken.ThrowIfCancellationRequested();
            progress.End();
            return CapturedDocument.ReadDeparture(await departed, operation.Url);
        }

        var (captured, settled, unmet) = await capture;
        if (captured is null)
        {
            progress.End();
            return unmet! with { Status = httpStatus };
        }

        var answer = CapturedDocument.Read(captured, httpStatus, operation.Realm, allowed, refresh, settled.Stability == RenderStability.Settled, isScreenshot);
        if (isScreenshot && answer.RedirectUrl is not null)
        {
            // The page declares a redirect. It is shown as it is.
            answer = answer with { RedirectUrl = null };
        }

        answer = answer with { Stability = settled.Stability, Message = answer.Message is null ? settled.Reason : $"{answer.Message} {settled.Reason}".TrimEnd() };
        progress.Keep(answer);
        // A document gets a screenshot even if its status is an error.
        if (operation.Screenshot is { } shape && answer.Formats.Count > 0)
        {
            progress.Enter(Stages.Screenshot);
            answer = await _screenshots.OfPageAsync(page, shape, answer, operation.Deadline, cancellationToken);
        }

        progress.End();
        return answer;
    }

    /// <summary>Whether the redirects have led back to the requested URL, as redirects that set a cookie do. The page is then the answer: a crawler keeps no cookies, so it
    /// would be redirected endlessly.</summary>
    private static async Task<bool> IsBackAsync(IRenderPage page, RenderOperation operation, CancellationToken cancellationToken)
    {
        try
        {
            var shown = await page.EvaluateAsync("location.href", operation.Deadline.Step(), cancellationToken);
            return shown.GetString() is { } url && CapturedDocument.IsSame(url, operation.Url);
        }
        catch (BrowserException e) when (Settling.IsMovedOn(e, page))
        {
            return false;
        }
    }

    private static async Task Ended(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Waits for the operation's conditions and until the page settles, and captures it. If a condition is not met, the page is captured only as a best attempt.</summary>
    private async Task<(string? Captured, SettlingResult Settled, PageAnswer? Unmet)> ReadSettledAsync(IRenderPage page, RenderOperation operation, RenderProgress progress, CancellationToken cancellationToken)
    {
        // A page that never settles is captured too.
        var settleBy = operation.Deadline.Less(operation.Deadline.Part(5, s_maxCaptureReserve));
        PageAnswer? unmet = null;
        if (operation.Waits is { } waits)
        {
            progress.Enter(Stages.Wait);
            unmet = await _waiter.WaitAsync(page, waits, settleBy, cancellationToken);
            if (unmet is not null && !(waits.IsBestAttempt && unmet.Outcome == RenderOutcome.TimedOut))
            {
                return (null, new(RenderStability.Capped, false, null), unmet);
            }
        }

        var settling = new Deadline(settleBy.Step(options.SettleTimeout), time);
        var isRevealed = false;
        while (true)
        {
            progress.Enter(Stages.Settle);
            var settled = await _settling.WaitAsync(page, settling.Step(), cancellationToken);
            try
            {
                if (!isRevealed && await RevealAsync(page, operation, settled, settling, cancellationToken))
                {
                    // Requests that the revealed content starts are waited for like any others.
                    isRevealed = true;
                    continue;
                }

                progress.Enter(Stages.Capture);
                var captured = await ReadAsync(page, operation, cancellationToken);
                return (captured.GetRawText(), unmet is null ? settled : settled with { Stability = RenderStability.Capped, Reason = $"{unmet.Message} {settled.Reason}".TrimEnd() }, null);
            }
            catch (BrowserException e) when (Settling.IsMovedOn(e, page))
            {
                // The page navigated to another document. Retry with the new one until the deadline.
                if (operation.Deadline.Left <= TimeSpan.Zero)
                {
                    throw new BrowserTimeoutException("The page navigated to another document on each attempt to capture it.");
                }

                isRevealed = false;
                await Task.Delay(Settling.PauseAfterNavigation, time, cancellationToken);
            }
        }
    }

    /// <summary>Scrolls through a page that shows content only when it is scrolled to. Returns whether it did. A page that declares that it is ready is left as it is, unless all of it is shown.</summary>
    private static async Task<bool> RevealAsync(IRenderPage page, RenderOperation operation, SettlingResult settled, Deadline settling, CancellationToken cancellationToken)
    {
        var showsAll = operation.Screenshot is { FullPage: true } or { Type: ScreenshotType.Pdf };
        var left = settling.Left;
        if ((settled.IsExplicit && !showsAll) || left <= s_minRevealTime)
        {
            return false;
        }

        var budget = left / 2 < s_maxRevealTime ? left / 2 : s_maxRevealTime;
        var scrolled = await page.EvaluateAsync($"{PageScripts.Reveal}({(long)budget.TotalMilliseconds})", operation.Deadline.Step(), cancellationToken);
        return scrolled.ValueKind == JsonValueKind.True;
    }

    /// <summary>Reads the document. Reads it again if it may have shadow roots that only the browser can find; such a root may contain others.</summary>
    private async Task<JsonElement> ReadAsync(IRenderPage page, RenderOperation operation, CancellationToken cancellationToken)
    {
        var script = $"{PageScripts.Capture}({options.MaxResultMb * 1024L * 1024}, {JsonSerializer.Serialize(ExactUrl.Of(operation.Url))})";
        var captured = await page.EvaluateAsync(script, operation.Deadline.Step(), cancellationToken);
        for (var depth = 0; depth < MaxRootDepth && captured.TryGetProperty("suspects", out var suspects) && suspects.GetInt32() > 0; depth++)
        {
            if (!await page.FindShadowRootsAsync(operation.Deadline.Step(), cancellationToken))
            {
                break;
            }

            captured = await page.EvaluateAsync(script, operation.Deadline.Step(), cancellationToken);
        }

        return captured;
    }
}
