using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Renders a page of any app: navigates to the URL, waits until the page settles, and captures the document.</summary>
internal sealed class DocumentRender(RenderingOptions options, OriginAllowList allowed, TimeProvider time)
{
    /// <summary>Upper bound of the time reserved for the capture, so that a page that never settles is still captured. The reserve is a fifth of the deadline.</summary>
    private static readonly TimeSpan s_maxCaptureReserve = TimeSpan.FromSeconds(2);

    private readonly Settling _settling = new(options, time);
    private readonly ScreenshotCapture _screenshots = new(options);

    public async Task<PageAnswer> RunAsync(IRenderPage page, RenderOperation operation, RenderProgress progress, TimeSpan reserve, CancellationToken cancellationToken)
    {
        if (operation.Screenshot is { IsSized: true })
        {
            await page.ResizeAsync(operation.Screenshot, operation.Deadline.Step(reserve), cancellationToken);
        }

        progress.Enter(Stages.Navigate);
        var navigation = await page.NavigateAsync(operation.Url, operation.Deadline.Step(reserve), cancellationToken);
        if (navigation.RedirectUrl is { } target)
        {
            progress.End();
            return new() { Outcome = RenderOutcome.Rendered, Status = navigation.Status, RedirectUrl = target };
        }

        progress.Keep(new() { Outcome = RenderOutcome.TimedOut, Status = navigation.Status });
        var (captured, stability) = await CaptureAsync(page, operation, progress, reserve, cancellationToken);
        var answer = CapturedDocument.Read(captured, navigation.Status, operation.Realm, allowed) with { Stability = stability };
        progress.Keep(answer);
        // A document gets a screenshot even if its status is an error.
        if (operation.Screenshot is { } shape && answer.Formats.Count > 0)
        {
            progress.Enter(Stages.Screenshot);
            answer = await _screenshots.OfPageAsync(page, shape, answer, operation.Deadline, reserve, cancellationToken);
        }

        progress.End();
        return answer;
    }

    private async Task<(string Captured, string Stability)> CaptureAsync(IRenderPage page, RenderOperation operation, RenderProgress progress, TimeSpan reserve, CancellationToken cancellationToken)
    {
        var fifth = operation.Deadline.Total / 5;
        var captureReserve = fifth < s_maxCaptureReserve ? fifth : s_maxCaptureReserve;
        var settling = new Deadline(operation.Deadline.Step(reserve + captureReserve, options.SettleTimeout), time);
        while (true)
        {
            progress.Enter(Stages.Settle);
            var stability = await _settling.WaitAsync(page, settling.Step(TimeSpan.Zero), cancellationToken);
            progress.Enter(Stages.Capture);
            try
            {
                var captured = await page.EvaluateAsync($"{PageScripts.Capture}({options.MaxResultMb * 1024L * 1024})", operation.Deadline.Step(reserve), cancellationToken);
                return (captured.GetRawText(), stability);
            }
            catch (BrowserException e) when (Settling.IsMovedOn(e, page))
            {
                // The page navigated to another document. Retry with the new one until the deadline.
                if (operation.Deadline.Left <= reserve)
                {
                    throw new BrowserTimeoutException("The page navigated to another document on each attempt to capture it.");
                }

                await Task.Delay(Settling.PauseAfterNavigation, time, cancellationToken);
            }
        }
    }
}
