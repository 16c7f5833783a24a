using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site;

/// <summary>Pages that are rendered because somebody asked for them: each once at a time, crawlers' first, a bounded number waiting.</summary>
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

    /// <summary>Crawlers that wait for a render now.</summary>
    public int Listeners => Volatile.Read(ref _listeners);

    /// <summary>Has a page rendered when its turn comes. False when too many wait.</summary>
    public bool Queue(PageSource source) => Ask(source, RenderUrgency.Visited) is not null;

    /// <summary>Has a page rendered and waits for it. Null when that takes longer than the budget; the render goes on.</summary>
    public async Task<PageOutcome?> AwaitAsync(PageSource source, CancellationToken cancellationToken)
    {
        if (Ask(source, RenderUrgency.Awaited) is not { } job)
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

    private Job? Ask(PageSource source, RenderUrgency urgency)
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
            // For a job that was queued less urgently this is a second, earlier turn. The turn that comes later finds the job begun.
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
            // The service stops.
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
        // Out of the list before anybody hears of it: who asks from now on starts anew.
        _jobs.TryRemove(job.Source.Key, out _);
        job.Outcome.TrySetResult(outcome);
    }

    // It waited for its turn, and whoever asked had looked at the store before that: a render that ended in between, of this replica or another,
    // has brought what is wanted.
    private bool IsCurrent(StoredPage page, PageSource source) =>
        decisions.On(StoredState.Of(page, ComposedPage.Of(page, shells.Current).Matter), source, crawler: false).Render == PageRender.No;

    [LoggerMessage(LogLevel.Information, "{Url} was asked for and could not be rendered: {Reason}")]
    private partial void LogFailed(string url, string reason);

    [LoggerMessage(LogLevel.Error, "Rendering {Url} on demand failed unexpectedly.")]
    private partial void LogFailedUnexpectedly(Exception exception, string url);

    /// <summary>A page to be rendered, shared by all requests for it.</summary>
    internal sealed class Job(PageSource source)
    {
        private readonly Lock _gate = new();
        private RenderUrgency? _urgency;
        private int _begun;

        public PageSource Source => source;

        /// <summary>The trace of the request that asked first.</summary>
        public ActivityContext RequestedBy { get; } = Activity.Current?.Context ?? default;

        public TaskCompletionSource<PageOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool TryBegin() => Interlocked.Exchange(ref _begun, 1) == 0;

        /// <summary>Raises the urgency. True when it was lower before; for one of several concurrent callers with the same urgency.</summary>
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
