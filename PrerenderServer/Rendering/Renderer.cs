using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults.Problems;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Executes one render: leases a page, renders in it within one deadline, records the outcome, and returns the page.</summary>
internal sealed class Renderer(
    IPagePool pool, HangCircuitBreaker breaker, PageVisit visit, RenderResultFactory results, FailureLog failures, RenderMetrics metrics, TimeProvider time)
{
    /// <summary>Renders. Throws the exceptions of <see cref="IPagePool.LeaseAsync"/> before a page was used, <see cref="OperationCanceledException"/>
    /// when the client disconnected, and <see cref="RequestException"/> if the page has shown that the request is wrong. All other failures are in the result.</summary>
    /// <returns>The outcome with the rendered texts, and the screenshot; null if none was requested or it failed.</returns>
    public async Task<(RenderResult Result, byte[]? Screenshot)> RunAsync(RenderOperation operation, CancellationToken cancellationToken)
    {
        using var activity = PrerenderActivity.Source.StartActivity("visit");
        activity?.SetTag("fleet.affinity", operation.Affinity.ToString()).SetTag("fleet.request_id", operation.RequestId);
        breaker.Check(operation, pool.Snapshot.Totals.ShellToken);
        var progress = new RenderProgress(time);
        var needsHost = visit.NeedsHost(operation, pool.Snapshot.Totals.ShellToken);
        var lease = await pool.LeaseAsync(
            new(operation.Affinity.ToString(), operation.Depth, operation.Priority, operation.Deadline.Step(), operation.Accept, needsHost), cancellationToken);
        progress.Booted(lease.Boot);
        var page = (IRenderPage)lease.Page;
        var shellAtStart = results.ShellToken;
        VisitResult visited;
        try
        {
            visited = await visit.AnswerAsync(operation, lease, page, needsHost, progress, cancellationToken);
        }
        catch (Exception e) when (e is not (PoolDeadlineException or OperationCanceledException))
        {
            // Unexpected: the state of the page is unknown. Return it now, so that the slot does not wait for its hold deadline.
            lease.Complete(PageCondition.Dirty);
            throw;
        }

        // A page that timed out while idle, or a render without a verdict, counts as neither a hang nor a success.
        if (visited.Fault != PageFault.None || visited.Answer.Outcome is not (RenderOutcome.NoVerdict or RenderOutcome.TimedOut))
        {
            breaker.Report(operation, visited.Fault);
        }

        RenderResult result;
        Failure? failure = null;
        try
        {
            // Read the page before it is returned. Afterwards another render may already use it.
            result = results.Create(operation, lease, page, visited, progress, shellAtStart);
            activity?.SetTag("fleet.outcome", result.Outcome.ToString()).SetTag("fleet.shell.generation", result.Shell?.Generation).SetTag("fleet.page.warm", lease.Warm);
            if (result.Outcome != RenderOutcome.Rendered && !visited.Answer.IsRequestWrong && operation.Command?.StartedBefore is null)
            {
                failure = failures.Add(operation, result);
                result = results.WithRecord(result, failure);
            }
        }
        finally
        {
            visit.Return(lease, page, operation, visited, operation.IsPrivate ? null : failure);
        }

        metrics.Rendered(result.Outcome, visit.IsDocument(operation, page), lease.Warm, operation.Deadline.Total - operation.Deadline.Left - lease.Waited);
        return visited.Answer is { IsRequestWrong: true, Message: { } error }
            ? throw new RequestException(StatusCodes.Status400BadRequest, "invalid-request", error)
            : (result, visited.Answer.Screenshot);
    }
}
