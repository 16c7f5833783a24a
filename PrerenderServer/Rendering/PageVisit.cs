using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>One use of a leased page: takes a CPU permit, renders, and decides the outcome of the content and the condition of the page, whatever happens to the page.</summary>
internal sealed class PageVisit(
    RenderPaths paths, CpuLimiter gate, PageCleanup cleanup, RecentHangs hangs, RenderingOptions options, OriginAllowList allowed, TimeProvider time)
{
    /// <summary>Whether the render navigates to the URL.</summary>
    public bool IsDocument(RenderOperation operation, IRenderPage page) => paths.IsDocument(operation, page);

    /// <summary>Returns the page after <see cref="AnswerAsync"/>, and records its content for the failure, if there is one.</summary>
    public void Return(PageLease lease, IRenderPage page, RenderOperation operation, VisitResult visited, Failure? failure) =>
        cleanup.Return(lease, page, operation, visited.Return, failure);

    /// <inheritdoc cref="RenderPaths.NeedsHost"/>
    public bool NeedsHost(RenderOperation operation, string? shell) => paths.NeedsHost(operation, shell);

    /// <summary>Gets the page's answer, and how the page is to be returned. If there is no answer, it returns the page itself and throws
    /// <see cref="PoolDeadlineException"/> or <see cref="OperationCanceledException"/>.</summary>
    public async Task<VisitResult> AnswerAsync(RenderOperation operation, PageLease lease, IRenderPage page, bool needsHost, RenderProgress progress, CancellationToken cancellationToken)
    {
        paths.Learn(page);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Revoked);
        if (operation.Setup is not null)
        {
            lease.Taint();
        }

        try
        {
            // The rest of the deadline is for the diagnosis of a timeout.
            var diagnosis = operation.Deadline.Part(8, options.StackBudget);
            return await RenderAsync(operation with { Deadline = operation.Deadline.Less(diagnosis) }, lease, page, needsHost, progress, linked.Token);
        }
        catch (PoolDeadlineException)
        {
            lease.Complete(PageCondition.Untouched);
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && operation.Command?.Started is null)
        {
            // The client disconnected. Stop the page now; the circuit breaker does not count this render.
            cleanup.Return(lease, page, operation, new PageReturn.Free(LacksStack: false), failure: null);
            throw;
        }
        catch (OperationCanceledException)
        {
            return Interrupted(page, progress);
        }
        catch (BrowserTimeoutException) when (page.End == PageTermination.None)
        {
            return await TimedOutAsync(operation, lease, page, progress);
        }
        catch (BrowserException e)
        {
            var (answer, condition) = Classify(e, operation, page);
            return new(answer, progress.Stage, new PageReturn.Complete(condition), FaultOf(page));
        }
        catch (Exception e) when (PageJson.IsUnreadable(e))
        {
            return new(new() { Outcome = RenderOutcome.Unusable, Message = $"The page's answer could not be read: {e.Message}" }, progress.Stage, new PageReturn.Complete(PageCondition.Dirty));
        }
        finally
        {
            if (operation.Credentials is not null)
            {
                await ForgetCredentialsAsync(page);
            }
        }
    }

    private async Task<VisitResult> RenderAsync(
        RenderOperation operation, PageLease lease, IRenderPage page, bool needsHost, RenderProgress progress, CancellationToken cancellationToken)
    {
        page.Activity.Begin();
        await using var permit = await CpuPermit.TakeAsync(gate, page, operation.Deadline.Step(), time, cancellationToken);
        if (operation.Credentials is { } credentials)
        {
            await page.ShowCredentialsAsync(credentials, operation.Deadline.Step(), cancellationToken);
        }

        if (needsHost && page.OffersRender is null)
        {
            // The page was created for a render that needed no host app. What the app offers determines the path.
            await HostRender.BootAsync(page, operation, progress, cancellationToken);
        }

        // The render may change what the page offers.
        var isDocument = IsDocument(operation, page);
        var answer = await paths.RunAsync(page, operation, progress, cancellationToken, lease.Revoked);
        // A wait that was not met is a timeout that the page itself does not report.
        return new(answer, answer.Outcome == RenderOutcome.TimedOut ? progress.Stage : null, isDocument
            ? new PageReturn.Park(answer)
            : answer.Compared is { } call ? new PageReturn.Compare(answer, call)
            : new PageReturn.Complete(answer.Outcome == RenderOutcome.Unusable ? PageCondition.Dirty : PageCondition.Healthy));
    }

    private static VisitResult Interrupted(IRenderPage page, RenderProgress progress) => new(
        page.End == PageTermination.Exhausted ? Exhausted(page)
            : new() { Outcome = RenderOutcome.NoVerdict, Message = "The page's lease was revoked during the render, or its browser ended." },
        progress.Stage,
        new PageReturn.Complete(page.End.ToCondition(whileOpen: PageCondition.Hung)),
        FaultOf(page));

    /// <summary>A page that exceeds a limit does so on every server, so this is a verdict.</summary>
    private static PageAnswer Exhausted(IRenderPage page) => new() { Outcome = RenderOutcome.Unusable, Message = page.EndReason };

    private static PageFault FaultOf(IRenderPage page) => page.End switch
    {
        PageTermination.Exhausted => PageFault.ExceededLimit,
        PageTermination.Crashed => PageFault.Hung,
        _ => PageFault.None,
    };

    private async Task<VisitResult> TimedOutAsync(RenderOperation operation, PageLease lease, IRenderPage page, RenderProgress progress)
    {
        try
        {
            var diagnosis = await TimeoutDiagnosis.AskAsync(page, operation, progress.Stage, options.MaxResultMb * 1024L * 1024, lease.Revoked);
            if (diagnosis.Computes)
            {
                hangs.Add(operation.Realm);
            }

            var finished = progress.Finished ?? new() { Outcome = RenderOutcome.TimedOut, Formats = diagnosis.Formats };
            return new(
                finished with { Outcome = RenderOutcome.TimedOut, Message = diagnosis.Message, Stack = diagnosis.Stack },
                progress.Stage,
                new PageReturn.Free(diagnosis.Computes && diagnosis.Stack is null),
                diagnosis.Computes ? PageFault.Hung : PageFault.None);
        }
        catch (OperationCanceledException)
        {
            return Interrupted(page, progress);
        }
    }

    private async Task ForgetCredentialsAsync(IRenderPage page)
    {
        try
        {
            await page.ForgetCredentialsAsync(options.StackBudget, CancellationToken.None);
        }
        catch (BrowserException)
        {
            // The page is gone, or does not answer. Either way it no longer sends credentials: this server has already discarded them.
        }
    }

    private (PageAnswer Answer, PageCondition Condition) Classify(BrowserException error, RenderOperation operation, IRenderPage page) => (page.End, error) switch
    {
        (PageTermination.Crashed, _) => (new() { Outcome = RenderOutcome.NoVerdict, Message = "The page's renderer crashed." }, PageCondition.Crashed),
        (PageTermination.Exhausted, _) => (Exhausted(page), PageCondition.Hung),
        (PageTermination.Closed, _) => (new() { Outcome = RenderOutcome.Unusable, Message = "The page closed itself." }, PageCondition.Hung),
        (_, PageScriptException script) =>
            // A navigated document still runs. The booted host app is unchanged, unless the page was altered for a screenshot.
            (new() { Outcome = RenderOutcome.Failed, Message = script.Message, Stack = script.Stack, IsRequestWrong = script is RequestValueException }, page.IsHostBooted && operation.Screenshot is null ? PageCondition.Healthy : PageCondition.Dirty),
        (_, NavigationException failed) => (new()
        {
            Outcome = OutcomeMapping.OfNavigation(failed.Code, Uri.TryCreate(failed.FailedUrl, UriKind.Absolute, out var url) && allowed.Allows(url)),
            Message = failed.Message,
        }, PageCondition.Dirty),
        _ => (new() { Outcome = RenderOutcome.NoVerdict, Message = error.Message }, PageCondition.Dirty),
    };
}

/// <summary>The result of one visit of a page.</summary>
/// <param name="Answer">The page's answer.</param>
/// <param name="FailedStage">The step that failed; null if none did.</param>
/// <param name="Return">How the page is to be returned to the pool.</param>
/// <param name="Fault">What was wrong with the page.</param>
internal sealed record VisitResult(PageAnswer Answer, string? FailedStage, PageReturn Return, PageFault Fault = PageFault.None);

/// <summary>A fault of the page that its render revealed.</summary>
internal enum PageFault
{
    /// <summary>Nothing: the page can be used again, or it ended for another reason.</summary>
    None,

    /// <summary>The page was busy past the deadline, or its renderer crashed.</summary>
    Hung,

    /// <summary>The page exceeded a limit: of memory, workers, storage, or events.</summary>
    ExceededLimit,
}
