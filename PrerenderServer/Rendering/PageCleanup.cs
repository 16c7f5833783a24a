using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Operations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>What is done to a page after its render, while the caller already has the answer: a late page is freed, a navigated page is parked.
/// It holds the lease until the page's fate is known. It owns that work: nothing of it outlives the server's stop.</summary>
internal sealed partial class PageCleanup(RenderingOptions options, FailureLog failures, ILogger<PageCleanup> logger) : IHostedService
{
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits for what runs; each piece is bounded by its own budgets.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_running.Keys).WaitAsync(cancellationToken);

    private static readonly ScreenshotShape s_look = new(ScreenshotType.Jpeg);

    /// <summary>Frees a late page, notes for a failure what it shows, and gives its lease back.</summary>
    /// <param name="lease">The page's lease.</param>
    /// <param name="page">The page.</param>
    /// <param name="operation">The render that was late.</param>
    /// <param name="failure">The record of it, if one is kept.</param>
    /// <param name="lacksStack">The page computes, and its stack could not be had before the caller had to have an answer.</param>
    public void Free(PageLease lease, IRenderPage page, RenderOperation operation, Failure? failure, bool lacksStack) =>
        Run(lease, () => FreeAsync(page, operation, failure, lacksStack));

    /// <summary>Leaves a document that was only visited, so that its timers stop, and gives the lease back.</summary>
    public void Park(PageLease lease, IRenderPage page, RenderOperation operation, Failure? failure) =>
        Run(lease, () => ParkAsync(page, operation, failure));

    private void Run(PageLease lease, Func<Task<PageOutcome>> work)
    {
        var task = Task.Run(async () =>
        {
            // Whatever happens here, the lease goes back: as dirty, unless the work says otherwise.
            await using (lease)
            {
                try
                {
                    lease.Complete(await work());
                }
#pragma warning disable CA1031 // The end of the line: nobody above could do anything about it.
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

    private async Task<PageOutcome> FreeAsync(IRenderPage page, RenderOperation operation, Failure? failure, bool lacksStack)
    {
        var url = operation.Url.AbsoluteUri;
        if (page.End != PageTermination.None)
        {
            return OutcomeOf(page.End);
        }

        try
        {
            if (lacksStack && failure is not null)
            {
                var stack = await TryAsync(() => page.PauseAsync(options.UnwedgeBudget / 2, CancellationToken.None));
                failures.AddStack(failure.Id, stack);
            }

            await page.TerminateAsync(options.UnwedgeBudget, CancellationToken.None);
            await LookAsync(page, failure);
            var answers = await page.AnswersAsync(options.UnwedgeBudget, CancellationToken.None);
            LogFreed(url, answers);
            return answers ? PageOutcome.Dirty : PageOutcome.Wedged;
        }
        catch (BrowserException e)
        {
            LogWedged(url, e.Message);
            return page.End == PageTermination.None ? PageOutcome.Wedged : OutcomeOf(page.End);
        }
    }

    private async Task<PageOutcome> ParkAsync(IRenderPage page, RenderOperation operation, Failure? failure)
    {
        try
        {
            await LookAsync(page, failure);
            await page.ParkAsync(options.UnwedgeBudget, CancellationToken.None);
            if (operation.Screenshot is { IsSized: true })
            {
                await page.ResizeAsync(null, options.UnwedgeBudget, CancellationToken.None);
            }

            return PageOutcome.Healthy;
        }
        catch (BrowserException e)
        {
            LogNotParked(operation.Url.AbsoluteUri, e.Message);
            return page.End == PageTermination.None ? PageOutcome.Dirty : OutcomeOf(page.End);
        }
    }

    /// <summary>Document and screenshot of a page that failed. What it does not tell in time stays unknown.</summary>
    private async Task LookAsync(IRenderPage page, Failure? failure)
    {
        if (failure is null)
        {
            return;
        }

        var html = await TryAsync<string>(async () => await page.MarkupAsync(options.UnwedgeBudget / 4, CancellationToken.None));
        var screenshot = await TryAsync<byte[]>(async () => await page.ScreenshotAsync(s_look, options.UnwedgeBudget / 4, CancellationToken.None));
        failures.Complete(failure.Id, html, screenshot);
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (BrowserException)
        {
            return null;
        }
    }

    private static PageOutcome OutcomeOf(PageTermination end) => end == PageTermination.Crashed ? PageOutcome.Crashed : PageOutcome.Wedged;

    [LoggerMessage(LogLevel.Debug, "The page that was late with {Url} was terminated; it answers again: {Answers}.")]
    private partial void LogFreed(string url, bool answers);

    [LoggerMessage(LogLevel.Debug, "The page that rendered {Url} is replaced, since its document cannot be left: {Reason}")]
    private partial void LogNotParked(string url, string reason);

    [LoggerMessage(LogLevel.Information, "The page that was late with {Url} is wedged and will be closed: {Reason}")]
    private partial void LogWedged(string url, string reason);

    [LoggerMessage(LogLevel.Error, "Tidying up slot {Slot} failed.")]
    private partial void LogFailed(long slot, Exception exception);
}
