using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.PrerenderServer.Rendering.Soft;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Makes one soft navigation in the document that a page has kept, and captures what it shows. Settling and capture are those of a full load.</summary>
internal sealed class SoftRender(DocumentRender document)
{
    private const int Ok = 200;

    /// <summary>Navigates. Throws only if the page has ended, or the caller has gone.</summary>
    public async Task<SoftAttempt> RunAsync(IRenderPage page, RenderOperation operation, RenderProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            progress.Enter(Stages.Navigate);
            if (await page.VisitAsync(operation.Url, operation.Deadline.Step(TimeSpan.Zero), cancellationToken) is { } refusal)
            {
                return new(null, $"It was not navigated softly: {refusal}.") { IsRefused = true };
            }

            var answer = await document.CaptureAsync(page, operation, Ok, progress, TimeSpan.Zero, cancellationToken);
            var problem = ProblemOf(answer, page)
                ?? (page.IsKept ? await page.ArrivedAsync(operation.Url, operation.Deadline.Step(TimeSpan.Zero), cancellationToken) : "The app loaded another document.");
            return new(answer, problem);
        }
        catch (Exception e) when (page.End == PageTermination.None && (e is BrowserException || PageJson.IsUnreadable(e)))
        {
            return new(null, $"The soft navigation failed: {e.Message}");
        }
    }

    /// <summary>What is unusual about a render of a document; null for a page with status 200 that settled without an error. Only such pages are navigated softly.</summary>
    public static string? ProblemOf(PageAnswer answer, IRenderPage page) =>
        answer.RedirectUrl is { } target ? $"The app redirected to {target}."
        : answer is not { Outcome: RenderOutcome.Rendered, Status: Ok } ? $"The page was {answer.Outcome} with status {answer.Status}."
        : answer.Stability != Settling.Settled ? "The page did not settle."
        : page.Activity.Errors is [var error, ..] ? $"The app wrote an error to the console: {error}"
        : page.Activity.FailedRequests is [var request, ..] ? $"A request failed: {request}"
        : null;

    /// <summary>What is compared of an answer.</summary>
    public static SoftDocument DocumentOf(PageAnswer answer) => new(
        answer.Formats.GetValueOrDefault(RenderFormat.Html) ?? "",
        string.Join('\n', (answer.Headers ?? new Dictionary<string, string>()).Select(static header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal)),
        answer.Deps);
}

/// <summary>What a soft navigation gave.</summary>
/// <param name="Answer">What the page shows; null if it could not be captured.</param>
/// <param name="Problem">Why this is no answer, as a sentence; null if it is one.</param>
internal sealed record SoftAttempt(PageAnswer? Answer, string? Problem)
{
    /// <summary>Whether the app was not told at all, because the server does not send the same document for the URL.</summary>
    public bool IsRefused { get; init; }
}
