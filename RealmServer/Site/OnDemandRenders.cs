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
    PageRenderer renderer, PageDecisions decisions, IPageStore store, SourceVersions versions, ShellPages shells, ManagerClient manager, RealmMetrics metrics,
    IOptions<PagesOptions> options, TimeProvider timeProvider, ILogger<OnDemandRenders> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_minAwaited = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Job> _jobs = new(StringComparer.Ordinal);
    private readonly Channel<Turn> _turns = Channel.CreateUnboundedPrioritized<Turn>(new() { Comparer = Turn.ByUrgency });
    private long _lastTurn;
    private int _waiting;
    private int _listeners;

    public bool IsOn => options.Value.OnDemand && manager.IsConfigured;

    /// <summary>Whether a page is never rendered because the operator turned that off, so that the bare shell is all there is of it. Cards are rendered by the
    /// index.</summary>
    public bool IsOffFor(PageSource source) => source.IsRoute && !options.Value.OnDemand;

    /// <summary>Whether a render of the page is queued or in progress.</summary>
    public bool IsPending(PageSource source) => _jobs.ContainsKey(source.Key);

    /// <summary>Number of crawlers that wait for a render.</summary>
    public int Listeners => Volatile.Read(ref _listeners);

    /// <summary>Queues a render in the background. False if the queue is full.</summary>
    public bool Queue(PageSource source) => Enqueue(source, RenderUrgency.Visited) is not null;

    /// <summary>Queues a render and waits for it. Null if the queue is full or the wait exceeds <c>Pages:CrawlerBudget</c>. The wait is also the deadline of the render,
    /// so that a page which does not settle is captured in time for its crawler; if the time was not sufficient, the page is rendered again in the background.</summary>
    public async Task<PageOutcome?> AwaitAsync(PageSource source, CancellationToken cancellationToken)
    {
        if (Enqueue(source, RenderUrgency.Awaited, until: timeProvider.GetUtcNow() + options.Value.CrawlerBudget) is not { } job)
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

    private Job? Enqueue(PageSource source, RenderUrgency urgency, DateTimeOffset until = default, bool isRepeat = false)
    {
        var job = FindJob(source, urgency);
        if (job is null)
        {
            if (Interlocked.Increment(ref _waiting) > options.Value.MaxQueued)
            {
                Interlocked.Decrement(ref _waiting);
                metrics.PageNotQueued();
                return null;
            }

            var added = new Job(source) { IsRepeat = isRepeat };
            job = _jobs.AddOrUpdate(source.Key, added, (_, known) => known.Serves(urgency) ? known : added);
            if (job != added)
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        // Before its turn, which reads it.
        job.AwaitUntil(until);
        if (job.RaiseTo(urgency))
        {
            // A job that was already queued with lower urgency gets a second turn, which comes earlier. The later turn finds that the job has begun.
            _turns.Writer.TryWrite(new(job, urgency, Interlocked.Increment(ref _lastTurn)));
        }

        return job;
    }

    private Job? FindJob(PageSource source, RenderUrgency urgency) => _jobs.TryGetValue(source.Key, out var job) && job.Serves(urgency) ? job : null;

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var turn in _turns.Reader.ReadAllAsync(stoppingToken))
            {
                if (turn.Job.TryBegin() is { } urgency)
                {
                    await RenderAsync(turn.Job, urgency, stoppingToken);
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
        var within = urgency == RenderUrgency.Awaited ? AwaitedWithin(job.AwaitedUntil - timeProvider.GetUtcNow()) : null;
        var outcome = await TryRenderAsync(job, urgency, within, stoppingToken);
        if (outcome.Trouble is { } reason)
        {
            LogFailed(job.Source.Url, outcome.RenderId, reason);
        }

        metrics.PageRenderedOnDemand(outcome);
        // Removed before the outcome is published, so that later requests start a new job.
        _jobs.TryRemove(KeyValuePair.Create(job.Source.Key, job));
        if (within is not null && outcome is PageOutcome.Unresolved { IsLate: true })
        {
            Enqueue(job.Source, RenderUrgency.Visited, isRepeat: true);
        }

        job.Outcome.TrySetResult(outcome);
    }

    /// <summary>The timeout of a render that a crawler awaits: most of the time that it still waits, since the answer takes time to arrive. Null if that is too short for
    /// a page to load; the render is then for the next crawler, and has the usual timeout.</summary>
    internal static TimeSpan? AwaitedWithin(TimeSpan left) => left >= s_minAwaited ? left * 0.95 : null;

    private async Task<PageOutcome> TryRenderAsync(Job job, RenderUrgency urgency, TimeSpan? within, CancellationToken stoppingToken)
    {
        try
        {
            var stored = await store.GetAsync(job.Source.RealmUrl, job.Source.Url, stoppingToken);
            return stored is not null && !(job.IsRepeat && stored.IsCapped) && IsCurrent(stored, job.Source)
                ? new PageOutcome.Stored(stored)
                : await renderer.RenderAsync(job.Source, RenderBasis.Of(job.Source, stored, versions), urgency, within, stoppingToken);
        }
        catch (Exception e) when (e is ManagerUnavailableException or RegistryUnavailableException)
        {
            // An outage of the fleet, which is not remembered as the page's fault.
            return new PageOutcome.Unresolved(e.Message);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailedUnexpectedly(e, job.Source.Url);
            return new PageOutcome.Unresolved(e.Message);
        }
    }

    // The request read the store before the job was queued. Another render of this or another replica may have stored the page in the meantime.
    private bool IsCurrent(StoredPage page, PageSource source) =>
        decisions.On(StoredState.Of(page, ComposedPage.Of(page, shells.Current).Matter), source, crawler: false).Render == PageRender.No;

    [LoggerMessage(LogLevel.Information, "Rendering {Url} on demand failed, render {RenderId}: {Reason}")]
    private partial void LogFailed(string url, string? renderId, string reason);

    [LoggerMessage(LogLevel.Error, "Rendering {Url} on demand failed unexpectedly.")]
    private partial void LogFailedUnexpectedly(Exception exception, string url);

    /// <summary>A render that all requests for the page share.</summary>
    internal sealed class Job(PageSource source)
    {
        private readonly Lock _gate = new();
        private RenderUrgency? _urgency;
        private RenderUrgency? _begunAs;
        private DateTimeOffset _awaitedUntil;

        public PageSource Source => source;

        /// <summary>Whether the job repeats a render that had too little time.</summary>
        public bool IsRepeat { get; init; }

        /// <summary>Trace context of the first request.</summary>
        public ActivityContext RequestedBy { get; } = Activity.Current?.Context ?? default;

        public TaskCompletionSource<PageOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Time at which the last of the waiting crawlers gives up.</summary>
        public DateTimeOffset AwaitedUntil
        {
            get { lock (_gate) { return _awaitedUntil; } }
        }

        public void AwaitUntil(DateTimeOffset time)
        {
            lock (_gate)
            {
                _awaitedUntil = time > _awaitedUntil ? time : _awaitedUntil;
            }
        }

        /// <summary>Begins the job. Returns its urgency; null if it has begun already.</summary>
        public RenderUrgency? TryBegin()
        {
            lock (_gate)
            {
                return _begunAs is null ? _begunAs = _urgency : null;
            }
        }

        /// <summary>Whether the job suits a request. A render in the background may take longer than a crawler waits, so one that has begun suits no crawler.</summary>
        public bool Serves(RenderUrgency urgency)
        {
            lock (_gate)
            {
                return _begunAs is null || _begunAs >= urgency;
            }
        }

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
