using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.HostShells;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Creates the results that callers get.</summary>
internal sealed class RenderResultFactory(ShellTracker shell, ServerIdentity server)
{
    /// <summary>Token of the current host shell; null while none is known.</summary>
    public string? ShellToken => shell.Token;

    /// <summary>The result with the link to its failure's record.</summary>
    public RenderResult WithRecord(RenderResult result, Failure failure) =>
        result with { Diagnostics = (result.Diagnostics ?? new()) with { Record = FailedRender.LinkTo(server.Incarnation, failure.Id) } };

    /// <summary>Creates the result of a render. Must run before the page is returned, since another render may use it afterwards.</summary>
    /// <param name="operation">The render.</param>
    /// <param name="lease">The page's lease.</param>
    /// <param name="page">The page.</param>
    /// <param name="visited">The result of the visit.</param>
    /// <param name="progress">The steps of the render.</param>
    /// <param name="shellAtStart">Token of the current shell when the visit began.</param>
    public RenderResult Create(RenderOperation operation, PageLease lease, IRenderPage page, VisitResult visited, RenderProgress progress, string? shellAtStart)
    {
        progress.End();
        var (answer, stage, _, _) = visited;
        var rendered = answer.Outcome == RenderOutcome.Rendered;
        return new()
        {
            Outcome = answer.Outcome,
            Url = ExactUrl.Of(operation.Url),
            Affinity = operation.Affinity.ToString(),
            Status = answer.Status,
            RedirectUrl = answer.RedirectUrl,
            Headers = answer.Headers,
            Formats = answer.Formats,
            Data = answer.Data,
            Deps = answer.Deps,
            Shell = shell.Stamp(page.ShellToken, shellAtStart),
            Page = new(server.Name, lease.Slot, lease.Warm) { Crashed = page.End == PageTermination.Crashed, SoftNavigation = answer.Soft is not null },
            Timings = new()
            {
                QueueMs = progress.Milliseconds(Stages.Queue),
                BootMs = progress.Milliseconds(Stages.Boot),
                RenderMs = progress.Milliseconds(Stages.Navigate, Stages.Wait, Stages.Render, Stages.Run, Stages.Settle),
                CaptureMs = progress.Milliseconds(Stages.Capture, Stages.Screenshot),
            },
            Diagnostics = rendered && answer.Stability is null ? null : new()
            {
                Message = answer.Message?.Truncate(Failure.MaxMessage),
                Stage = stage,
                // A successful render does not report console errors, but it does report failed requests: styles or data may be missing.
                Console = rendered ? [] : page.Activity.Errors,
                FailedRequests = page.Activity.FailedRequests,
                MissingContent = page.Activity.MissingContent,
                Stack = answer.Stack?.Truncate(Failure.MaxStack),
                Stability = answer.Stability,
            },
        };
    }
}
