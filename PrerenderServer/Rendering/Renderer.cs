using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.HostShells;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Commands;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.Registry.Commands;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Executes one render: leases a page, renders on the matching path within one deadline, and decides the outcomes of the content and of the page.</summary>
internal sealed class Renderer(
    IPagePool pool,
    CpuLimiter gate,
    PageCleanup cleanup,
    ShellTracker shell,
    ServerIdentity server,
    RenderingOptions options,
    OriginAllowList allowed,
    HostAddress host,
    HangCircuitBreaker breaker,
    FailureLog failures,
    RenderMetrics metrics,
    ICommandStore commands,
    TimeProvider time)
{
    private readonly HostRender _hostRender = new(options);
    private readonly CommandRender _commandRender = new(commands, server, time);
    private readonly DocumentRender _documentRender = new(options, allowed, time);

    /// <summary>Renders. Throws the exceptions of <see cref="IPagePool.LeaseAsync"/> before a page was used, and <see cref="OperationCanceledException"/>
    /// when the client disconnected. All other failures are in the result.</summary>
    public async Task<RenderOperationResult> RunAsync(RenderOperation operation, CancellationToken cancellationToken)
    {
        using var activity = PrerenderActivity.Source.StartActivity("visit");
        activity?.SetTag("fleet.affinity", operation.Affinity.ToString()).SetTag("fleet.request_id", operation.RequestId);
        breaker.Check(operation, pool.Snapshot.Totals.ShellToken);
        var progress = new RenderProgress(time);
        var lease = await pool.LeaseAsync(
            new(operation.Affinity.ToString(), operation.Depth, operation.Priority, operation.Deadline.Step(TimeSpan.Zero), operation.Accept), cancellationToken);
        progress.Booted(lease.Boot);
        var page = (IRenderPage)lease.Page;
        var shellAtStart = shell.Token;
        RenderedPage answer;
        try
        {
            answer = await AnswerAsync(operation, lease, page, progress, cancellationToken);
        }
        catch (Exception e) when (e is not (PoolDeadlineException or OperationCanceledException))
        {
            // Unexpected: the state of the page is unknown. Return it now, so that the slot does not wait for its hold deadline.
            lease.Complete(PageOutcome.Dirty);
            throw;
        }

        // A page that timed out while idle, or a render without a verdict, counts as neither a hang nor a success.
        if (answer.Hung || answer.Answer.Outcome is not (RenderOutcome.NoVerdict or RenderOutcome.TimedOut))
        {
            breaker.Report(operation, answer.Hung);
        }

        RenderResult result;
        Failure? failure = null;
        try
        {
            // Read the page before it is returned. Afterwards another render may already use it.
            result = ToResult(operation, lease, page, answer, progress, shellAtStart);
            activity?.SetTag("fleet.outcome", result.Outcome.ToString()).SetTag("fleet.shell.generation", result.Shell?.Generation).SetTag("fleet.page.warm", lease.Warm);
            if (result.Outcome != RenderOutcome.Rendered && operation.Command?.StartedBefore is null)
            {
                failure = failures.Add(operation, result);
            }
        }
        finally
        {
            answer.ReturnPage(operation.IsPrivate ? null : failure);
        }

        metrics.Rendered(result.Outcome, IsDocument(operation, page), lease.Warm, operation.Deadline.Total - operation.Deadline.Left - lease.Waited);
        return new(result, answer.Answer.Screenshot);
    }

    /// <summary>Gets the page's answer and the action that returns the page. If there is no answer, it returns the page itself and throws
    /// <see cref="PoolDeadlineException"/> or <see cref="OperationCanceledException"/>.</summary>
    private async Task<RenderedPage> AnswerAsync(RenderOperation operation, PageLease lease, IRenderPage page, RenderProgress progress, CancellationToken cancellationToken)
    {
        var eighth = operation.Deadline.Total / 8;
        var reserve = eighth < options.StackBudget ? eighth : options.StackBudget;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Revoked);
        try
        {
            page.Activity.Begin();
            await using var permit = await CpuPermit.TakeAsync(gate, page, operation.Deadline.Step(reserve), time, linked.Token);
            if (operation.Credentials is { } credentials)
            {
                await page.ShowCredentialsAsync(credentials, operation.Deadline.Step(reserve), linked.Token);
            }

            if (IsDocument(operation, page))
            {
                var document = await _documentRender.RunAsync(page, operation, progress, reserve, linked.Token);
                return new(document, null, failure => cleanup.Park(lease, page, operation, failure));
            }

            var answer = operation.Command is null
                ? await _hostRender.RunAsync(page, operation, progress, reserve, linked.Token)
                : await _commandRender.RunAsync(page, operation, progress, reserve, linked.Token, lease.Revoked);
            return new(answer, null, _ => lease.Complete(answer.Outcome == RenderOutcome.Unusable ? PageOutcome.Dirty : PageOutcome.Healthy));
        }
        catch (PoolDeadlineException)
        {
            lease.Complete(PageOutcome.Untouched);
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && operation.Command?.Started is null)
        {
            // The client disconnected. Stop the page now; the circuit breaker does not count this render.
            cleanup.Free(lease, page, operation, null, false);
            throw;
        }
        catch (OperationCanceledException)
        {
            return Interrupted(lease, page, progress);
        }
        catch (BrowserTimeoutException) when (page.End == PageTermination.None)
        {
            return await TimedOutAsync(operation, lease, page, progress);
        }
        catch (BrowserException e)
        {
            var (answer, outcome) = Classify(e, operation, page);
            return new(answer, progress.Stage, _ => lease.Complete(outcome), IsHang(page));
        }
        catch (Exception e) when (PageJson.IsUnreadable(e))
        {
            return new(new() { Outcome = RenderOutcome.Unusable, Message = $"The page's answer could not be read: {e.Message}" }, progress.Stage, _ => lease.Complete(PageOutcome.Dirty));
        }
        finally
        {
            if (operation.Credentials is not null)
            {
                await ForgetCredentialsAsync(page);
            }
        }
    }

    private static RenderedPage Interrupted(PageLease lease, IRenderPage page, RenderProgress progress) => new(
        page.End == PageTermination.Exhausted ? Exhausted(page)
            : new() { Outcome = RenderOutcome.NoVerdict, Message = "The page's lease was revoked during the render, or its browser ended." },
        progress.Stage,
        _ => lease.Complete(page.End == PageTermination.Crashed ? PageOutcome.Crashed : PageOutcome.Hung),
        IsHang(page));

    /// <summary>A page that exceeds a limit does so on every server, so this is a verdict.</summary>
    private static PageAnswer Exhausted(IRenderPage page) => new() { Outcome = RenderOutcome.Unusable, Message = page.EndReason };

    private static bool IsHang(IRenderPage page) => page.End is PageTermination.Crashed or PageTermination.Exhausted;

    private async Task<RenderedPage> TimedOutAsync(RenderOperation operation, PageLease lease, IRenderPage page, RenderProgress progress)
    {
        try
        {
            var diagnosis = await TimeoutDiagnosis.AskAsync(page, operation, progress.Stage, options.MaxResultMb * 1024L * 1024, lease.Revoked);
            var finished = progress.Finished ?? new() { Outcome = RenderOutcome.TimedOut, Formats = diagnosis.Formats };
            return new(
                finished with { Outcome = RenderOutcome.TimedOut, Message = diagnosis.Message, Stack = diagnosis.Stack },
                progress.Stage,
                failure => cleanup.Free(lease, page, operation, failure, diagnosis.Computes && diagnosis.Stack is null),
                diagnosis.Computes);
        }
        catch (OperationCanceledException)
        {
            return Interrupted(lease, page, progress);
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

    private (PageAnswer Answer, PageOutcome Page) Classify(BrowserException error, RenderOperation operation, IRenderPage page) => (page.End, error) switch
    {
        (PageTermination.Crashed, _) => (new() { Outcome = RenderOutcome.NoVerdict, Message = "The page's renderer crashed." }, PageOutcome.Crashed),
        (PageTermination.Exhausted, _) => (Exhausted(page), PageOutcome.Hung),
        (PageTermination.Closed, _) => (new() { Outcome = RenderOutcome.Unusable, Message = "The page closed itself." }, PageOutcome.Hung),
        (_, PageScriptException script) =>
            // A navigated document still runs. The booted host app is unchanged, unless the page was altered for a screenshot.
            (new() { Outcome = RenderOutcome.Failed, Message = script.Message, Stack = script.Stack }, page.IsStandby && operation.Screenshot is null ? PageOutcome.Healthy : PageOutcome.Dirty),
        (_, NavigationException failed) => (new()
        {
            Outcome = OutcomeMapping.OfNavigation(failed.Code, Uri.TryCreate(failed.FailedUrl, UriKind.Absolute, out var url) && allowed.Allows(url)),
            Message = failed.Message,
        }, PageOutcome.Dirty),
        _ => (new() { Outcome = RenderOutcome.NoVerdict, Message = error.Message }, PageOutcome.Dirty),
    };

    /// <summary>Whether the render navigates to the URL: HTML was requested, or the host app cannot render the URL.</summary>
    private bool IsDocument(RenderOperation operation, IRenderPage page) =>
        operation.Formats is [RenderFormat.Html] || (operation.Formats is null && (!page.OffersRender || !host.IsOrigin(operation.Url)));

    private RenderResult ToResult(RenderOperation operation, PageLease lease, IRenderPage page, RenderedPage answered, RenderProgress progress, string? shellAtStart)
    {
        progress.End();
        var (answer, stage, _, _) = answered;
        var rendered = answer.Outcome == RenderOutcome.Rendered;
        return new()
        {
            Outcome = answer.Outcome,
            Url = operation.Url.AbsoluteUri,
            Affinity = operation.Affinity.ToString(),
            Status = answer.Status,
            RedirectUrl = answer.RedirectUrl,
            Headers = answer.Headers,
            Formats = answer.Formats,
            Data = answer.Data,
            Deps = answer.Deps,
            Shell = shell.Stamp(page.ShellToken, shellAtStart),
            Page = new(server.Name, lease.Slot, lease.Warm) { Crashed = page.End == PageTermination.Crashed },
            Timings = new()
            {
                QueueMs = progress.Milliseconds(Stages.Queue),
                BootMs = progress.Milliseconds(Stages.Boot),
                RenderMs = progress.Milliseconds(Stages.Navigate, Stages.Render, Stages.Run, Stages.Settle),
                CaptureMs = progress.Milliseconds(Stages.Capture, Stages.Screenshot),
            },
            Diagnostics = rendered && answer.Stability is null ? null : new()
            {
                Message = Failure.Cut(answer.Message, Failure.MaxMessage),
                Stage = stage,
                // A successful render does not report console errors, but it does report failed requests: styles or data may be missing.
                Console = rendered ? [] : page.Activity.Errors,
                FailedRequests = page.Activity.FailedRequests,
                Stack = Failure.Cut(answer.Stack, Failure.MaxStack),
                Stability = answer.Stability,
            },
        };
    }

    private sealed record RenderedPage(PageAnswer Answer, string? FailedStage, Action<Failure?> ReturnPage, bool Hung = false);
}
