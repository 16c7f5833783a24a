using System.Collections.Concurrent;
using System.Threading.Channels;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Pool.Core.Lifecycle;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Pool.Core;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Logging;

namespace Fleet.PrerenderServer.Pool;

/// <summary>
/// Runs the core: one channel of events, one consumer. Applies an event, runs the effects, publishes a snapshot, sets one timer for
/// whatever is due next. Everything that happens elsewhere (callers, the browser, time) comes in as an event.
/// </summary>
internal sealed partial class PoolActor : IPagePool, IAsyncDisposable
{
    private readonly Channel<PoolEvent> _events = Channel.CreateUnbounded<PoolEvent>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<long, PendingLease> _pending = new();
    private readonly Dictionary<long, IBrowserPage> _pages = [];
    private readonly Dictionary<long, CancellationTokenSource> _revocations = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly PoolCore _core;
    private readonly PoolOptions _options;
    private readonly PoolEffects _effects;
    private readonly PoolMetrics _metrics;
    private readonly MemoryWatch _memory;
    private readonly ShellTurnover _turnover;
    private readonly IBrowserAdapter _browser;
    private readonly FatalError _fatal;
    private readonly EventHistory _history = new();
    private readonly TimeProvider _time;
    private readonly ILogger<PoolActor> _logger;
    private readonly long _epoch;
    private readonly Lock _starting = new();
    private Task _running = Task.CompletedTask;
    private PoolSnapshot _snapshot = PoolSnapshot.Empty;
    private long _lastWaiter;

    public PoolActor(IBrowserAdapter browser, PoolRules rules, PoolMetrics metrics, FatalError fatal, TimeProvider time, ILoggerFactory loggers)
    {
        _options = rules.Options;
        _browser = browser;
        _metrics = metrics;
        _fatal = fatal;
        _time = time;
        _logger = loggers.CreateLogger<PoolActor>();
        _core = new(rules);
        _turnover = new(metrics, time, loggers.CreateLogger<ShellTurnover>());
        _effects = new(browser, _options, metrics, time, loggers.CreateLogger<PoolEffects>(), Post);
        _memory = new(browser, _options, time, loggers.CreateLogger<MemoryWatch>(), () => Snapshot, Post);
        _epoch = time.GetTimestamp();
        metrics.Observe(() => Snapshot);
    }

    /// <inheritdoc/>
    public PoolSnapshot Snapshot => Volatile.Read(ref _snapshot);

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>Begins: launches a browser and pageBoot the first standbys. Requests may come before; they wait. Starting twice is starting once.</summary>
    public void Start()
    {
        lock (_starting)
        {
            if (_running != Task.CompletedTask || _stopped.IsCancellationRequested)
            {
                return;
            }

            _browser.OnLost = loss => Post(loss.Slot is { } slot ? new SlotCrashed(slot) : new BrowserCrashed(loss.Generation));
            Post(new Started());
            _running = Task.WhenAll(Task.Run(ConsumeAsync), Task.Run(() => _memory.WatchAsync(_stopped.Token)));
        }
    }

    /// <inheritdoc/>
    public async Task<PageLease> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var id = Interlocked.Increment(ref _lastWaiter);
        var wait = new PendingLease(request, Now);
        _pending.TryAdd(id, wait);
        if (!_events.Writer.TryWrite(new PageWanted(id, request)))
        {
            _pending.TryRemove(id, out _);
            throw wait.Failure(WaitFailure.ShuttingDown, Snapshot);
        }

        await using var registration = cancellationToken.UnsafeRegister(_ => Cancel(id, cancellationToken), null);
        return await wait.Task;
    }

    /// <inheritdoc/>
    public void ShellChanged(HostShell shell) =>
#pragma warning disable CA5394 // Jitter is no secret.
        Post(new ShellLearned(shell) { Pause = _options.ReloadJitter * Random.Shared.NextDouble() });
#pragma warning restore CA5394

    /// <inheritdoc/>
    public void RecycleBrowser(string reason)
    {
        LogRecycle(reason);
        Post(new RecycleWanted());
    }

    /// <inheritdoc/>
    public void DisposeAffinity(string affinity, bool revoke) => Post(new AffinityDisposed(affinity, revoke));

    /// <summary>Stops: who waits is told at once, who renders may finish, bounded. Then every context and process is gone.</summary>
    public async Task StopAsync()
    {
        // The core's own bound: drain, then every stage of closing. What is above it is a defect, not timeout.
        var bound = _options.StopDeadline + 5 * _options.CloseStageDeadline + TimeSpan.FromSeconds(1);
        Task task;
        lock (_starting)
        {
            task = _running;
            Post(new StopWanted());
            if (task == Task.CompletedTask)
            {
                _stopped.Cancel();
                _events.Writer.TryComplete();
            }
        }

        try
        {
            await task.WaitAsync(bound, _time);
            await _effects.Completion.WaitAsync(_options.CloseStageDeadline, _time);
        }
        catch (TimeoutException)
        {
            LogStopOverdue(bound, Snapshot.Slots.Count);
        }
        finally
        {
            await _stopped.CancelAsync();
            _events.Writer.TryComplete();
            FailPending();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private void Post(PoolEvent happened) => _events.Writer.TryWrite(happened);

    private async Task ConsumeAsync()
    {
        await using var timer = _time.CreateTimer(_ => Post(new TimePassed()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var due = TimeSpan.MaxValue;
        try
        {
            await foreach (var happened in _events.Reader.ReadAllAsync(CancellationToken.None))
            {
                Apply(happened);
                due = happened is TimePassed ? TimeSpan.MaxValue : due;
                if (_core.NextDeadline is var next && next != due)
                {
                    timer.Change(DueIn(next), Timeout.InfiniteTimeSpan);
                    due = next;
                }

                if (_core.IsStopped)
                {
                    break;
                }
            }
        }
        catch (Exception e)
        {
            Break(e);
        }
        finally
        {
            await _stopped.CancelAsync();
            _events.Writer.TryComplete();
            FailPending();
        }
    }

    // The core's state contradicts itself, so no decision of it can be trusted any more. Every lease is revoked and every waiter fails, so that the manager
    // renders elsewhere; then the browsers are killed and the process ends.
    private void Break(Exception error)
    {
        LogBroken(error, error.Message, string.Join("; ", Snapshot.Slots), _history.ToString());
        var totals = Snapshot.Totals with { Stopping = true, Problem = "The page pool broke; this server ends." };
        Volatile.Write(ref _snapshot, Snapshot with { Totals = totals });
        var revoked = _revocations.Values.Select(revocation => revocation.CancelAsync()).ToList();
        _revocations.Clear();
        // Leases are revoked before the browsers are killed: a render that saw its page close first would blame the page.
        _effects.Own(AbortAsync());
        _fatal.Raise(new BrokenInvariantException($"The page pool broke: {error.Message}", error));

        async Task AbortAsync()
        {
            await Task.WhenAll(revoked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _effects.AbortAsync();
        }
    }

    private void Apply(PoolEvent happened)
    {
        _history.Add(happened, Now);
        Before(happened);
        foreach (var effect in _core.Apply(happened, Now))
        {
            switch (effect)
            {
                case GrantLease e: Grant(e); break;
                case RevokeLease e: Revoke(e); break;
                case FailWaiter e: Fail(e); break;
                case GiveUpStart e: GiveUp(e); break;
                case ForgetSlot e:
                    _pages.Remove(e.Slot);
                    _metrics.Closed(e.Reason, e.Stage);
                    LogClosed(e.Slot, e.Reason, e.Stage);
                    _effects.Run(e);
                    break;
                default: _effects.Run(effect); break;
            }
        }

        // A boot may outlive its slot when the process was killed under it.
        if (happened is PageArrived arrived && !_core.Knows(arrived.Slot))
        {
            _pages.Remove(arrived.Slot);
        }

        var before = Snapshot;
        Volatile.Write(ref _snapshot, _core.Snapshot());
        _turnover.Observe(before.Totals, Snapshot.Totals, (happened as ShellLearned)?.Shell);
    }

    private void Before(PoolEvent happened)
    {
        switch (happened)
        {
            case PageArrived arrived: _pages[arrived.Slot] = arrived.Page; break;
            case LeaseCompleted completed: _revocations.Remove(completed.Lease); break;
        }
    }

    private void Grant(GrantLease grant)
    {
        var revocation = new CancellationTokenSource();
        _revocations.Add(grant.Lease, revocation);
        var page = _pages[grant.Slot];
        // A render may have booted the page anew, and from another shell: the pool learns it with the release, or it would lend that page as current.
        var lease = new PageLease(page, grant.Slot, grant.Warm, grant.Waited, grant.Boot, outcome => Post(new LeaseCompleted(grant.Lease, outcome)
        {
            Booted = page is IRenderPage { IsStandby: true },
            ShellToken = page.ShellToken,
        }), revocation.Token);

        // The caller may have cancelled while the grant was on its way: then nobody has seen the page.
        if (_pending.TryRemove(grant.Waiter, out var wait) && wait.TrySetResult(lease))
        {
            _metrics.Waited(grant.Waited, grant.Warm ? "warm" : "cold");
        }
        else
        {
            lease.Complete(PageOutcome.Untouched);
        }
    }

    // Callbacks of the token are the render's code; they run beside the pool, not in it.
    private void Revoke(RevokeLease revoke)
    {
        if (_revocations.Remove(revoke.Lease, out var revocation))
        {
            _effects.Own(revocation.CancelAsync());
        }
    }

    private void Fail(FailWaiter fail)
    {
        if (_pending.TryRemove(fail.Waiter, out var wait) && wait.TrySetException(wait.Failure(fail.End, Snapshot)))
        {
            _metrics.Waited(Now - wait.Since, fail.End.ToString());
        }
    }

    // Waiters fail at once, since no page can come, and with them the drain of the server ends.
    private void GiveUp(GiveUpStart end)
    {
        _fatal.Raise(new StartException(end.Why));
        Post(new StopWanted());
    }

    private void Cancel(long waiter, CancellationToken cancellationToken)
    {
        if (_pending.TryRemove(waiter, out var wait) && wait.TrySetCanceled(cancellationToken))
        {
            _metrics.Waited(Now - wait.Since, "cancelled");
            Post(new WantCancelled(waiter));
        }
    }

    private void FailPending()
    {
        foreach (var (waiter, _) in _pending)
        {
            Fail(new FailWaiter(waiter, WaitFailure.ShuttingDown));
        }
    }

    private TimeSpan DueIn(TimeSpan at)
    {
        if (at == TimeSpan.MaxValue)
        {
            return Timeout.InfiniteTimeSpan;
        }

        // Timers count whole milliseconds: rounded up, or the last one would be spent firing too early.
        var milliseconds = Math.Ceiling((at - Now).TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, TimeSpan.MillisecondsPerDay));
    }

    [LoggerMessage(LogLevel.Information, "Replacing the browser: {Reason}")]
    private partial void LogRecycle(string reason);

    [LoggerMessage(LogLevel.Debug, "Slot {Slot} is closed: {Reason}, at stage {Stage}.")]
    private partial void LogClosed(long slot, CloseReason reason, CloseStage stage);

    [LoggerMessage(LogLevel.Warning, "The page pool did not stop within {Bound}; {SlotCount} slots are left.")]
    private partial void LogStopOverdue(TimeSpan bound, int slotCount);

    [LoggerMessage(LogLevel.Critical, "The page pool broke an invariant, and this server ends: {Invariant} Its slots: {Slots}. Its last events, with the one that broke it at the end: {Events}")]
    private partial void LogBroken(Exception exception, string invariant, string slots, string events);
}
