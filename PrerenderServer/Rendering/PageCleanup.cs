using System.Collections.Concurrent;
using System.Diagnostics;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.PrerenderServer.Rendering.Soft;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Cleans up pages after their render, while the caller already has the answer: frees pages that timed out, parks navigated pages, and compares renders.
/// It holds the lease until the condition of the page is known. When the server stops, it cancels comparisons and waits for all cleanups.</summary>
internal sealed partial class PageCleanup(RenderingOptions options, FailureLog failures, HostComparison comparison, SoftNavigation soft, ILogger<PageCleanup> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Cancels running comparisons, and waits for running cleanups. Each is bounded by its own timeouts.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Keys).WaitAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private static readonly ScreenshotShape s_failureScreenshot = new(ScreenshotType.Jpeg);

    /// <summary>Returns a page to the pool: at once, or after it was cleaned up.</summary>
    /// <param name="lease">The page's lease.</param>
    /// <param name="page">The page.</param>
    /// <param name="operation">The render that used it.</param>
    /// <param name="how">What happens to the page.</param>
    /// <param name="failure">The failure that the page's content is recorded for; null for none.</param>
    public void Return(PageLease lease, IRenderPage page, RenderOperation operation, PageReturn how, Failure? failure)
    {
        switch (how)
        {
            case PageReturn.Complete complete:
                lease.Complete(complete.Condition);
                break;
            case PageReturn.Park park:
                Run(lease, () => UntilStopAsync(lease, token => ParkAsync(page, operation, park.Answer, failure, token)));
                break;
            case PageReturn.Compare compare:
                Run(lease, () => UntilStopAsync(lease, token => comparison.RunAsync(page, compare.Answer, compare.Call, token)));
                break;
            case PageReturn.Free free:
                Run(lease, () => FreeAsync(page, operation, failure, free.LacksStack));
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Runs the work, and cancels it when the lease is revoked or the server stops.</summary>
    private async Task<PageCondition> UntilStopAsync(PageLease lease, Func<CancellationToken, Task<PageCondition>> work)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lease.Revoked, _stopping.Token);
        return await work(either.Token);
    }

    private void Run(PageLease lease, Func<Task<PageCondition>> work)
    {
        var task = Task.Run(async () =>
        {
            // The lease is returned in every case: as dirty, unless the work completes it with another condition.
            await using (lease)
            {
                try
                {
                    lease.Complete(await work());
                }
#pragma warning disable CA1031 // A background task: there is no caller to handle the exception.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    LogFailed(lease.Slot, e);
                }
            }
        });
        _running[task] = true;
        task.ContinueWith(t => _running.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task<PageCondition> FreeAsync(IRenderPage page, RenderOperation operation, Failure? failure, bool lacksStack)
    {
        var url = operation.Url.AbsoluteUri;
        if (page.End != PageTermination.None)
        {
            return page.End.ToCondition(whileOpen: PageCondition.Hung);
        }

        try
        {
            if (lacksStack && failure is not null)
            {
                var stack = await TryAsync(() => page.PauseAsync(options.RecoveryBudget / 2, CancellationToken.None));
                failures.AddStack(failure.Id, stack);
            }

            await page.TerminateAsync(options.RecoveryBudget, CancellationToken.None);
            await RecordContentAsync(page, failure);
            var answers = await page.AnswersAsync(options.RecoveryBudget, CancellationToken.None);
            LogFreed(url, answers);
            return answers ? PageCondition.Dirty : PageCondition.Hung;
        }
        catch (BrowserException e)
        {
            LogHanging(url, e.Message);
            return page.End.ToCondition(whileOpen: PageCondition.Hung);
        }
    }

    private async Task<PageCondition> ParkAsync(IRenderPage page, RenderOperation operation, PageAnswer answer, Failure? failure, CancellationToken cancellationToken)
    {
        try
        {
            if (failure is null && await soft.KeepAsync(page, operation, answer, cancellationToken) is { } condition)
            {
                return condition;
            }

            await RecordContentAsync(page, failure);
            await page.ParkAsync(options.RecoveryBudget, CancellationToken.None);
            return PageCondition.Healthy;
        }
        catch (Exception e) when (e is BrowserException || (e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            LogNotParked(operation.Url.AbsoluteUri, e.Message);
            return page.End.ToCondition(whileOpen: PageCondition.Dirty);
        }
    }

    /// <summary>Records markup and screenshot of a failed page. Parts that are not available in time stay null.</summary>
    private async Task RecordContentAsync(IRenderPage page, Failure? failure)
    {
        if (failure is null)
        {
            return;
        }

        var html = await TryAsync<string>(async () => await page.MarkupAsync(options.RecoveryBudget / 4, CancellationToken.None));
        if (page.IsHostBooted)
        {
            // A document that was navigated to is always painted.
            await TryAsync<object>(async () => await page.EvaluateAsync(PageScripts.Paint, options.RecoveryBudget / 4, CancellationToken.None));
        }

        var screenshot = await TryAsync<PagePicture>(async () => await page.ScreenshotAsync(s_failureScreenshot, options.RecoveryBudget / 4, CancellationToken.None));
        failures.Complete(failure.Id, html, screenshot?.Bytes);
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T?>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (BrowserException)
        {
            return null;
        }
    }

    [LoggerMessage(LogLevel.Debug, "The page that timed out on {Url} was terminated. It answers again: {Answers}.")]
    private partial void LogFreed(string url, bool answers);

    [LoggerMessage(LogLevel.Debug, "The page that rendered {Url} is replaced because it could not leave its document: {Reason}")]
    private partial void LogNotParked(string url, string reason);

    [LoggerMessage(LogLevel.Information, "The page that timed out on {Url} hangs and will be closed: {Reason}")]
    private partial void LogHanging(string url, string reason);

    [LoggerMessage(LogLevel.Error, "Cleaning up slot {Slot} failed.")]
    private partial void LogFailed(long slot, Exception exception);
}

/// <summary>How a page is returned to the pool after its visit.</summary>
internal abstract record PageReturn
{
    private PageReturn()
    {
    }

    /// <summary>At once.</summary>
    public sealed record Complete(PageCondition Condition) : PageReturn;

    /// <summary>After it has left its document, so that the document's timers stop; or as it is, if the document is kept for soft navigations.</summary>
    public sealed record Park(PageAnswer Answer) : PageReturn;

    /// <summary>After the call of the host was repeated, to compare its answer with this one.</summary>
    public sealed record Compare(PageAnswer Answer, HostCall Call) : PageReturn;

    /// <summary>After it was stopped.</summary>
    /// <param name="LacksStack">Whether the page is busy and its stack was not available before the caller's deadline.</param>
    public sealed record Free(bool LacksStack) : PageReturn;
}
