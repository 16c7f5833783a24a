using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Documents;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.PrerenderServer.Rendering.Operations;

namespace Fleet.PrerenderServer.Rendering.Soft;

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
            if (await page.NavigateSoftlyAsync(operation.Url, operation.Deadline.Step(), cancellationToken) is { } refusal)
            {
                return new(null, new($"It was not navigated softly: {refusal}.", MayPass: true)) { IsRefused = true };
            }

            var answer = await document.CaptureAsync(page, operation, Ok, null, progress, cancellationToken);
            var problem = ProblemOf(answer, page);
            var elsewhere = problem is not null ? null
                : page.IsKept ? await page.ArrivedAsync(operation.Url, operation.Deadline.Step(), cancellationToken)
                : "The app loaded another document, or a frame of another site.";
            return new(answer, problem ?? (elsewhere is null ? null : new(elsewhere, MayPass: false)));
        }
        catch (Exception e) when (page.End == PageTermination.None && (e is BrowserException || PageJson.IsUnreadable(e)))
        {
            return new(null, new($"The soft navigation failed: {e.Message}", MayPass: e is BrowserTimeoutException or PageScriptException));
        }
    }

    /// <summary>Why a render of a document cannot be used for soft navigations; null for a page with status 200 that settled without an error.</summary>
    public static SoftProblem? ProblemOf(PageAnswer answer, IRenderPage page) => ProblemOf(answer, page.Activity.Errors, page.Activity.FailedRequests);

    /// <inheritdoc cref="ProblemOf(PageAnswer, IRenderPage)"/>
    public static SoftProblem? ProblemOf(PageAnswer answer, IReadOnlyList<string> errors, IReadOnlyList<string> failedRequests) =>
        answer.RedirectUrl is { } target ? new($"The app redirected to {target}.", MayPass: false)
        : answer is not { Outcome: RenderOutcome.Rendered, Status: Ok } ? new($"The page was {answer.Outcome} with status {answer.Status}.", MayPass: false)
        // Before console errors, since a failed request often explains one.
        : failedRequests is [var request, ..] ? new($"A request failed: {request}", MayPass: true)
        : errors is [var error, ..] ? new($"The app wrote an error to the console: {error}", MayPass: false)
        : answer.Stability != RenderStability.Settled ? new("The page did not settle.", MayPass: true)
        : null;

    /// <summary>The parts of an answer that are compared.</summary>
    public static SoftDocument DocumentOf(PageAnswer answer) => new(
        answer.Formats.GetValueOrDefault(RenderFormat.Html) ?? "",
        string.Join('\n', (answer.Headers ?? new Dictionary<string, string>()).Select(static header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal)),
        answer.Deps);
}

/// <summary>The result of a soft navigation.</summary>
/// <param name="Answer">What the page shows; null if it could not be captured.</param>
/// <param name="Problem">Why the answer cannot be used; null if it can.</param>
internal sealed record SoftAttempt(PageAnswer? Answer, SoftProblem? Problem)
{
    /// <summary>Whether the app was not asked to navigate, because the server does not send the same document for the URL.</summary>
    public bool IsRefused { get; init; }
}

/// <summary>Why a render of a document cannot be used for soft navigations.</summary>
/// <param name="Text">As a sentence.</param>
/// <param name="MayPass">Whether it may be the machine or the network rather than the app.</param>
internal sealed record SoftProblem(string Text, bool MayPass)
{
    /// <summary>The result that it counts as for the route, if a full load of the same URL has no such problem.</summary>
    public Comparison Result => MayPass ? Comparison.Unsteady : Comparison.Different;
}
