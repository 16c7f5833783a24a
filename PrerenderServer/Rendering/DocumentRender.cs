using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>The path for any app: navigate to the URL, let the page come to rest, capture the whole document.</summary>
internal sealed class DocumentRender(RenderingOptions options, OriginAllowList allowed, TimeProvider time)
{
    /// <summary>Kept back from settling, so that a page that never rests is still captured: a fifth of the deadline, at most 2 s.</summary>
    private static readonly TimeSpan s_mostForCapture = TimeSpan.FromSeconds(2);

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
        // A page that has a document has a screenshot, also when the document says that there was an error.
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
        var forCapture = fifth < s_mostForCapture ? fifth : s_mostForCapture;
        var settling = new Deadline(operation.Deadline.Step(reserve + forCapture, options.SettleTimeout), time);
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
                // The document that was asked is gone. The next one has the rest of the time; with none that stays, the render is late.
                if (operation.Deadline.Left <= reserve)
                {
                    throw new BrowserTimeoutException("The page went on to another document whenever it was asked.");
                }

                await Task.Delay(Settling.PauseAfterNavigation, time, cancellationToken);
            }
        }
    }
}
