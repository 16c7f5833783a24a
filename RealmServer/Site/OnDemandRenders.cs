using System.Diagnostics;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site;

/// <summary>Renders requested pages in the order of their queue.</summary>
internal sealed partial class OnDemandRenders(
    RenderQueue queue, PageRenderer renderer, CurrentPages current, RealmMetrics metrics, IOptions<PagesOptions> options, TimeProvider timeProvider, ILogger<OnDemandRenders> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_minAwaited = TimeSpan.FromSeconds(1);

    private int _waitingCrawlers;

    public bool IsOn => options.Value.OnDemand && renderer.IsConfigured;

    /// <summary>Whether a page is never rendered because on-demand renders are off, so that only the bare shell exists for it. Cards are rendered by the
    /// index.</summary>
    public bool IsOffFor(PageSource source) => source.IsRoute && !options.Value.OnDemand;

    /// <summary>Whether a render of the page is queued or in progress.</summary>
    public bool IsPending(PageSource source) => queue.Has(source);

    /// <summary>Number of crawlers that wait for a render.</summary>
    public int WaitingCrawlers => Volatile.Read(ref _waitingCrawlers);

    /// <summary>Queues a render in the background. False if the queue is full.</summary>
    public bool Queue(PageSource source) => queue.Add(source, RenderUrgency.Visited) is not null;

    /// <summary>Queues a render for an operator, after those of all requests. False if the queue is full.</summary>
    /// <param name="source">The page.</param>
    /// <param name="isForced">Whether the page is rendered even if the stored one is up to date.</param>
    public bool QueueLast(PageSource source, bool isForced) => queue.Add(source, RenderUrgency.Index, isForced: isForced) is not null;

    /// <summary>Queues a render and waits for it. Null if the queue is full or the wait exceeds <c>Pages:CrawlerBudget</c>. The wait is also the deadline of the render,
    /// so that a page which does not settle is captured in time for its crawler; if the time was not sufficient, the page is rendered again in the background.</summary>
    /// <param name="source">The page.</param>
    /// <param name="isVerified">Whether the crawler is verified, so that its renders come first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<PageOutcome?> AwaitAsync(PageSource source, bool isVerified, CancellationToken cancellationToken)
    {
        if (queue.Add(source, isVerified ? RenderUrgency.Verified : RenderUrgency.Awaited, until: timeProvider.GetMonotonicTime() + options.Value.CrawlerBudget) is not { } job)
        {
            return null;
        }

        Interlocked.Increment(ref _waitingCrawlers);
        try
        {
            return await job.Outcome.Task.WaitAsync(options.Value.CrawlerBudget, timeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _waitingCrawlers);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Concurrency).Select(_ => WorkAsync(stoppingToken)));

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (job, urgency) in queue.BeginAsync(stoppingToken))
            {
                await RenderAsync(job, urgency, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service is stopping.
        }
    }

    private async Task RenderAsync(RenderJob job, RenderUrgency urgency, CancellationToken stoppingToken)
    {
        using var activity = RealmActivity.Source.StartActivity("on demand", ActivityKind.Internal, job.RequestedBy);
        var within = urgency >= RenderUrgency.Awaited ? AwaitedWithin(job.AwaitedUntil - timeProvider.GetMonotonicTime()) : null;
        var outcome = await TryRenderAsync(job, urgency, within, stoppingToken);
        if (outcome.FailureReason is { } reason)
        {
            LogFailed(job.Source.Url, outcome.RenderId ?? "-", reason);
        }

        metrics.PageRenderedOnDemand(outcome);
        // Removed before the outcome is published, so that later requests start a new job.
        queue.Remove(job);
        if (within is not null && outcome is PageOutcome.Unresolved { IsLate: true })
        {
            queue.Add(job.Source, RenderUrgency.Visited, isRepeat: true);
        }

        job.Outcome.TrySetResult(outcome);
    }

    /// <summary>The timeout of a render that a crawler awaits: most of the time that it still waits, since the answer takes time to arrive. Null if that is too short for
    /// a page to load; the render is then for the next crawler, and has the usual timeout.</summary>
    internal static TimeSpan? AwaitedWithin(TimeSpan left) => left >= s_minAwaited ? left * 0.95 : null;

    private async Task<PageOutcome> TryRenderAsync(RenderJob job, RenderUrgency urgency, TimeSpan? within, CancellationToken stoppingToken)
    {
        try
        {
            // The request read the store before the job was queued. Another render of this or another replica may have stored the page in the meantime.
            var (stored, isCurrent) = await current.FindAsync(job.Source, stoppingToken);
            return isCurrent && !job.IsForced && !(job.IsRepeat && stored!.IsCapped)
                ? new PageOutcome.Stored(stored!)
                : await renderer.RenderAsync(job.Source, current.BasisOf(job.Source, stored), urgency, within, stoppingToken);
        }
        catch (Exception e) when (e is ManagerUnavailableException or RegistryUnavailableException)
        {
            // An outage of the fleet, which is not recorded as a failure of the page.
            return new PageOutcome.Unresolved(e.Message);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailedUnexpectedly(e, job.Source.Url);
            return new PageOutcome.Unresolved(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "Rendering {Url} on demand failed, render {RenderId}: {Reason}")]
    private partial void LogFailed(string url, string renderId, string reason);

    [LoggerMessage(LogLevel.Error, "Rendering {Url} on demand failed unexpectedly.")]
    private partial void LogFailedUnexpectedly(Exception exception, string url);
}
