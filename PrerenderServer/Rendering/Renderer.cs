using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.HostShells;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Commands;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.Registry.Commands;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Carries out one visit: a page from the pool, the path that fits, one deadline over all of it, and a verdict on content and page.</summary>
internal sealed class Renderer(
    IPagePool pool,
    CpuLimiter gate,
    PageCleanup aftercare,
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
    private readonly HostRender _hostPath = new(options);
    private readonly CommandRender _commandPath = new(commands, server, time);
    private readonly DocumentRender _documentPath = new(options, allowed, time);

    /// <summary>Renders. Throws what <see cref="IPagePool.LeaseAsync"/> throws while no page was touched, and <see cref="OperationCanceledException"/>
    /// when the client went away; everything else is in the result.</summary>
    public async Task<RenderOperationResult> RunAsync(RenderOperation visit, CancellationToken cancellationToken)
    {
        using var activity = PrerenderActivity.Source.StartActivity("visit");
        activity?.SetTag("fleet.affinity", visit.Affinity.ToString()).SetTag("fleet.request_id", visit.RequestId);
        breaker.Check(visit, pool.Snapshot.Totals.ShellToken);
        var progress = new RenderProgress(time);
        var lease = await pool.LeaseAsync(
            new(visit.Affinity.ToString(), visit.Depth, visit.Priority, visit.Deadline.Step(TimeSpan.Zero), visit.Accept), cancellationToken);
        progress.Booted(lease.Boot);
        var page = (IRenderPage)lease.Page;
        var shellAtStart = shell.Token;
        VisitAnswer answer;
        try
        {
            answer = await AnswerAsync(visit, lease, page, progress, cancellationToken);
        }
        catch (Exception e) when (e is not (PoolDeadlineException or OperationCanceledException))
        {
            // Nobody foresaw it, so nobody vouches for the page; but the slot is not to wait for its hold deadline.
            lease.Complete(PageOutcome.Dirty);
            throw;
        }

        // A page that was late without computing, or of which nothing can be said, is no evidence either way.
        if (answer.Wedged || answer.Answer.Outcome is not (RenderOutcome.NoVerdict or RenderOutcome.TimedOut))
        {
            breaker.Report(visit, answer.Wedged);
        }

        RenderResult result;
        Failure? failure = null;
        try
        {
            // Before the page goes back: afterwards it may already be another visit's.
            result = ToResult(visit, lease, page, answer, progress, shellAtStart);
            activity?.SetTag("fleet.outcome", result.Outcome.ToString()).SetTag("fleet.shell.generation", result.Shell?.Generation).SetTag("fleet.page.warm", lease.Warm);
            if (result.Outcome != RenderOutcome.Rendered && visit.Command?.StartedBefore is null)
            {
                failure = failures.Add(visit, result);
            }
        }
        finally
        {
            answer.GiveBack(visit.IsPrivate ? null : failure);
        }

        metrics.Rendered(result.Outcome, IsDocument(visit, page), lease.Warm, visit.Deadline.Total - visit.Deadline.Left - lease.Waited);
        return new(result, answer.Answer.Screenshot);
    }

    /// <summary>The page's answer, and how to give the page back. When nobody is to have an answer, the page is given back and this throws
    /// <see cref="PoolDeadlineException"/> or <see cref="OperationCanceledException"/>.</summary>
    private async Task<VisitAnswer> AnswerAsync(RenderOperation visit, PageLease lease, IRenderPage page, RenderProgress progress, CancellationToken cancellationToken)
    {
        var eighth = visit.Deadline.Total / 8;
        var reserve = eighth < options.StackBudget ? eighth : options.StackBudget;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Revoked);
        try
        {
            page.Activity.Begin();
            await using var turn = await CpuPermit.TakeAsync(gate, page, visit.Deadline.Step(reserve), time, either.Token);
            if (visit.Credentials is { } credentials)
            {
                await page.ShowCredentialsAsync(credentials, visit.Deadline.Step(reserve), either.Token);
            }

            if (IsDocument(visit, page))
            {
                var document = await _documentPath.RunAsync(page, visit, progress, reserve, either.Token);
                return new(document, null, failure => aftercare.Park(lease, page, visit, failure));
            }

            var answer = visit.Command is null
                ? await _hostPath.RunAsync(page, visit, progress, reserve, either.Token)
                : await _commandPath.RunAsync(page, visit, progress, reserve, either.Token, lease.Revoked);
            return new(answer, null, _ => lease.Complete(answer.Outcome == RenderOutcome.Unusable ? PageOutcome.Dirty : PageOutcome.Healthy));
        }
        catch (PoolDeadlineException)
        {
            lease.Complete(PageOutcome.Untouched);
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && visit.Command?.Started is null)
        {
            // Nobody waits for an answer. The page stops at once, and nothing is held against it.
            aftercare.Free(lease, page, visit, null, false);
            throw;
        }
        catch (OperationCanceledException)
        {
            return TakenAway(lease, page, progress);
        }
        catch (BrowserTimeoutException) when (page.End == PageTermination.None)
        {
            return await LateAsync(visit, lease, page, progress);
        }
        catch (BrowserException e)
        {
            var (answer, outcome) = Judge(e, visit, page);
            return new(answer, progress.Stage, _ => lease.Complete(outcome), outcome == PageOutcome.Crashed);
        }
        catch (Exception e) when (PageJson.IsUnreadable(e))
        {
            return new(new() { Outcome = RenderOutcome.Unusable, Message = $"The page's answer could not be read: {e.Message}" }, progress.Stage, _ => lease.Complete(PageOutcome.Dirty));
        }
        finally
        {
            if (visit.Credentials is not null)
            {
                await ForgetCredentialsAsync(page);
            }
        }
    }

    private static VisitAnswer TakenAway(PageLease lease, IRenderPage page, RenderProgress progress) => new(
        new() { Outcome = RenderOutcome.NoVerdict, Message = "The page was taken away during the visit: its browser ended, or it was revoked." },
        progress.Stage,
        _ => lease.Complete(page.End == PageTermination.Crashed ? PageOutcome.Crashed : PageOutcome.Wedged),
        page.End == PageTermination.Crashed);

    private async Task<VisitAnswer> LateAsync(RenderOperation visit, PageLease lease, IRenderPage page, RenderProgress progress)
    {
        try
        {
            var late = await TimeoutDiagnosis.AskAsync(page, visit, progress.Stage, options.MaxResultMb * 1024L * 1024, lease.Revoked);
            var finished = progress.Finished ?? new() { Outcome = RenderOutcome.TimedOut, Formats = late.Formats };
            return new(
                finished with { Outcome = RenderOutcome.TimedOut, Message = late.Message, Stack = late.Stack },
                progress.Stage,
                failure => aftercare.Free(lease, page, visit, failure, late.Computes && late.Stack is null),
                late.Computes);
        }
        catch (OperationCanceledException)
        {
            return TakenAway(lease, page, progress);
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
            // The page is gone. One that is not has forgotten on our side first, and sends nothing any more.
        }
    }

    private (PageAnswer Answer, PageOutcome Page) Judge(BrowserException error, RenderOperation visit, IRenderPage page) => (page.End, error) switch
    {
        (PageTermination.Crashed, _) => (new() { Outcome = RenderOutcome.NoVerdict, Message = "The page's renderer crashed." }, PageOutcome.Crashed),
        (PageTermination.Closed, _) => (new() { Outcome = RenderOutcome.Unusable, Message = "The page closed itself." }, PageOutcome.Wedged),
        (_, PageScriptException script) =>
            // A document that was visited still runs; the host app is where it was, unless it was shown in another way for a screenshot.
            (new() { Outcome = RenderOutcome.Failed, Message = script.Message, Stack = script.Stack }, page.IsStandby && visit.Screenshot is null ? PageOutcome.Healthy : PageOutcome.Dirty),
        (_, NavigationException failed) => (new()
        {
            Outcome = OutcomeMapping.OfNavigation(failed.Code, Uri.TryCreate(failed.FailedUrl, UriKind.Absolute, out var url) && allowed.Allows(url)),
            Message = failed.Message,
        }, PageOutcome.Dirty),
        _ => (new() { Outcome = RenderOutcome.NoVerdict, Message = error.Message }, PageOutcome.Dirty),
    };

    /// <summary>Whether the visit navigates: it asks for that, or nobody in the page could render it otherwise.</summary>
    private bool IsDocument(RenderOperation visit, IRenderPage page) =>
        visit.Formats is [RenderFormat.Html] || (visit.Formats is null && (!page.OffersRender || !host.IsOrigin(visit.Url)));

    private RenderResult ToResult(RenderOperation visit, PageLease lease, IRenderPage page, VisitAnswer answered, RenderProgress progress, string? shellAtStart)
    {
        progress.End();
        var (answer, late, _, _) = answered;
        var rendered = answer.Outcome == RenderOutcome.Rendered;
        return new()
        {
            Outcome = answer.Outcome,
            Url = visit.Url.AbsoluteUri,
            Affinity = visit.Affinity.ToString(),
            Status = answer.Status,
            RedirectUrl = answer.RedirectUrl,
            Headers = answer.Headers,
            Formats = answer.Formats,
            Data = answer.Data,
            Deps = answer.Deps,
            Shell = shell.Stamp(page.ShellToken, shellAtStart),
            Page = new(server.Name, lease.Slot, lease.Warm),
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
                Stage = late,
                // Console errors of a successful visit are its own business; requests that failed may have cost it its styles or data.
                Console = rendered ? [] : page.Activity.Errors,
                FailedRequests = page.Activity.FailedRequests,
                Stack = Failure.Cut(answer.Stack, Failure.MaxStack),
                Stability = answer.Stability,
            },
        };
    }

    private sealed record VisitAnswer(PageAnswer Answer, string? Late, Action<Failure?> GiveBack, bool Wedged = false);
}
