using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site;

/// <summary>Renders requested pages: each page once at a time, crawlers first, with a bounded queue.</summary>
internal sealed partial class OnDemandRenders(
    PageRenderer renderer, PageFailures failures, PageDecisions decisions, IPageStore store, SourceVersions versions, ShellPages shells, ManagerClient manager, RealmMetrics metrics,
    IOptions<PagesOptions> options, TimeProvider timeProvider, ILogger<OnDemandRenders> logger)
    : BackgroundService
{
    private readonly ConcurrentDictionary<string, Job> _jobs = new(StringComparer.Ordinal);
    private readonly Channel<Turn> _turns = Channel.CreateUnboundedPrioritized<Turn>(new() { Comparer = Turn.ByUrgency });
    private long _lastTurn;
    private int _waiting;
    private int _listeners;

    public bool IsOn => options.Value.OnDemand && manager.IsConfigured;

    /// <summary>Number of crawlers that wait for a render.</summary>
    public int Listeners => Volatile.Read(ref _listeners);

    /// <summary>Queues a render in the background. False if the queue is full.</summary>
    public bool Queue(PageSource source) => Enqueue(source, RenderUrgency.Visited) is not null;

    /// <summary>Queues a render and waits for it. Null if the queue is full or the wait exceeds <c>Pages:CrawlerBudget</c>; the render continues.</summary>
    public async Task<PageOutcome?> AwaitAsync(PageSource source, CancellationToken cancellationToken)
    {
        if (Enqueue(source, RenderUrgency.Awaited) is not { } job)
        {
            return null;
        }

        Interlocked.Increment(ref _listeners);
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
            Interlocked.Decrement(ref _listeners);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Concurrency).Select(_ => WorkAsync(stoppingToken)));

    private Job? Enqueue(PageSource source, RenderUrgency urgency)
    {
        if (!_jobs.TryGetValue(source.Key, out var job))
        {
            if (Interlocked.Increment(ref _waiting) > options.Value.MaxQueued)
            {
                Interlocked.Decrement(ref _waiting);
                metrics.PageNotQueued();
                return null;
            }

            var added = new Job(source);
            job = _jobs.GetOrAdd(source.Key, added);
            if (job != added)
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        if (job.RaiseTo(urgency))
        {
            // A job that was already queued with lower urgency gets a second turn, which comes earlier. The later turn finds that the job has begun.
            _turns.Writer.TryWrite(new(job, urgency, Interlocked.Increment(ref _lastTurn)));
        }

        return job;
    }

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var turn in _turns.Reader.ReadAllAsync(stoppingToken))
            {
                if (turn.Job.TryBegin())
                {
                    await RenderAsync(turn.Job, turn.Urgency, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service is stopping.
        }
    }

    private async Task RenderAsync(Job job, RenderUrgency urgency, CancellationToken stoppingToken)
    {
        Interlocked.Decrement(ref _waiting);
        using var activity = RealmActivity.Source.StartActivity("on demand", ActivityKind.Internal, job.RequestedBy);
        PageOutcome outcome;
        try
        {
            var stored = await store.GetAsync(job.Source.RealmUrl, job.Source.Url, stoppingToken);
            outcome = stored is not null && IsCurrent(stored, job.Source)
                ? new PageOutcome.Stored(stored)
                : await renderer.RenderAsync(job.Source, RenderBasis.Of(job.Source, stored, versions), urgency, stoppingToken);
        }
        catch (Exception e) when (e is ManagerUnavailableException or RegistryUnavailableException)
        {
            outcome = new PageOutcome.Unresolved(e.Message);
            failures.Note(job.Source, failures.VersionOf(job.Source), outcome);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailedUnexpectedly(e, job.Source.Url);
            outcome = new PageOutcome.Unresolved(e.Message);
        }

        if (outcome.Trouble is { } reason)
        {
            LogFailed(job.Source.Url, reason);
        }

        metrics.PageRenderedOnDemand(outcome);
        // Removed before the outcome is published, so that later requests start a new job.
        _jobs.TryRemove(job.Source.Key, out _);
        job.Outcome.TrySetResult(outcome);
    }

    // The request read the store before the job was queued. Another render of this or another replica may have stored the page in the meantime.
    private bool IsCurrent(StoredPage page, PageSource source) =>
        decisions.On(StoredState.Of(page, ComposedPage.Of(page, shells.Current).Matter), source, crawler: false).Render == PageRender.No;

    [LoggerMessage(LogLevel.Information, "Rendering {Url} on demand failed: {Reason}")]
    private partial void LogFailed(string url, string reason);

    [LoggerMessage(LogLevel.Error, "Rendering {Url} on demand failed unexpectedly.")]
    private partial void LogFailedUnexpectedly(Exception exception, string url);

    /// <summary>A render that all requests for the page share.</summary>
    internal sealed class Job(PageSource source)
    {
        private readonly Lock _gate = new();
        private RenderUrgency? _urgency;
        private int _begun;

        public PageSource Source => source;

        /// <summary>Trace context of the first request.</summary>
        public ActivityContext RequestedBy { get; } = Activity.Current?.Context ?? default;

        public TaskCompletionSource<PageOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool TryBegin() => Interlocked.Exchange(ref _begun, 1) == 0;

        /// <summary>Raises the urgency. True if it was lower; of concurrent callers with the same urgency, one gets true.</summary>
        public bool RaiseTo(RenderUrgency urgency)
        {
            lock (_gate)
            {
                if (_urgency >= urgency)
                {
                    return false;
                }

                _urgency = urgency;
                return true;
            }
        }
    }

    private sealed record Turn(Job Job, RenderUrgency Urgency, long Number)
    {
        public static readonly IComparer<Turn> ByUrgency = Comparer<Turn>.Create(static (one, other) =>
            one.Urgency != other.Urgency ? other.Urgency.CompareTo(one.Urgency) : one.Number.CompareTo(other.Number));
    }
}
