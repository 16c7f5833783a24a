using System.Threading.Channels;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool.Core;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Pool;

/// <summary>
/// Runs the core with one channel of events and one consumer. For each event it applies the event, runs the effects, publishes a snapshot
/// and sets one timer for the next deadline. Callers, the browser and time reach the core only as events.
/// </summary>
internal sealed partial class PoolActor : IPagePool, IAsyncDisposable
{
    private readonly Channel<PoolEvent> _events = Channel.CreateUnbounded<PoolEvent>(new() { SingleReader = true });
    private readonly Dictionary<long, IBrowserPage> _pages = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly PoolCore _core;
    private readonly LeaseTable _leases;
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

    public PoolActor(IBrowserAdapter browser, PoolRules rules, PoolMetrics metrics, FatalError fatal, TimeProvider time, ILoggerFactory loggers)
    {
        _options = rules.Options;
        _browser = browser;
        _metrics = metrics;
        _fatal = fatal;
        _time = time;
        _logger = loggers.CreateLogger<PoolActor>();
        _core = new(rules);
        _leases = new(metrics, () => Now, Post);
        _turnover = new(metrics, time, loggers.CreateLogger<ShellTurnover>());
        _effects = new(browser, _options, metrics, time, loggers.CreateLogger<PoolEffects>(), Post);
        _memory = new(browser, _options, time, loggers.CreateLogger<MemoryWatch>(), () => Snapshot, Post);
        _epoch = time.GetTimestamp();
        metrics.Observe(() => Snapshot);
    }

    /// <inheritdoc/>
    public PoolSnapshot Snapshot => Volatile.Read(ref _snapshot);

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>Launches a browser and boots the first standbys. Requests that arrive earlier wait. Idempotent.</summary>
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
        var (waiter, pending) = _leases.Add(request);
        if (!_events.Writer.TryWrite(new PageRequested(waiter, request)))
        {
            _leases.Remove(waiter);
            throw pending.Failure(WaitFailure.ShuttingDown, Snapshot);
        }

        await using var registration = cancellationToken.UnsafeRegister(_ => _leases.Cancel(waiter, cancellationToken), null);
        return await pending.Task;
    }

    /// <inheritdoc/>
    public void ShellChanged(HostShell shell) =>
#pragma warning disable CA5394 // Jitter needs no secure random source.
        Post(new ShellLearned(shell) { Pause = _options.ReloadJitter * Random.Shared.NextDouble() });
#pragma warning restore CA5394

    /// <inheritdoc/>
    public void RecycleBrowser(string reason)
    {
        LogRecycle(reason);
        Post(new RecycleRequested());
    }

    /// <inheritdoc/>
    public void DisposeAffinity(string affinity, bool revoke) => Post(new AffinityDisposed(affinity, revoke));

    /// <summary>Stops the pool: fails all waiters at once, lets leased pages finish within a bound, then closes every context and process.</summary>
    public async Task StopAsync()
    {
        // The core bounds its own stop: the drain, then every stage of closing. A stop that takes longer is a defect.
        var bound = _options.StopDeadline + 5 * _options.CloseStageDeadline + TimeSpan.FromSeconds(1);
        Task task;
        lock (_starting)
        {
            task = _running;
            Post(new StopRequested());
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
            _leases.FailAll(Snapshot);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private void Post(PoolEvent poolEvent) => _events.Writer.TryWrite(poolEvent);

    private async Task ConsumeAsync()
    {
        await using var timer = _time.CreateTimer(_ => Post(new TimePassed()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var due = TimeSpan.MaxValue;
        try
        {
            await foreach (var poolEvent in _events.Reader.ReadAllAsync(CancellationToken.None))
            {
                Apply(poolEvent);
                due = poolEvent is TimePassed ? TimeSpan.MaxValue : due;
                if (_core.NextDeadline is var next && next != due)
                {
                    timer.Change(DueIn(next), Timeout.InfiniteTimeSpan);
                    due = next;
                    // The deadline may have passed after the clock was read and before the timer was set, which would then fire that much later.
                    if (Now >= next)
                    {
                        Post(new TimePassed());
                    }
                }

                if (_core.IsStopped)
                {
                    break;
                }
            }
        }
        catch (Exception e)
        {
            HandleBrokenInvariant(e);
        }
        finally
        {
            await _stopped.CancelAsync();
            _events.Writer.TryComplete();
            _leases.FailAll(Snapshot);
        }
    }

    // The core's state is inconsistent, so none of its decisions can be trusted. Revoke every lease and fail every waiter, so that the manager renders
    // elsewhere; then kill the browsers and end the process.
    private void HandleBrokenInvariant(Exception error)
    {
        LogBroken(error, error.Message, string.Join("; ", Snapshot.Slots), _history.ToString());
        var totals = Snapshot.Totals with { Stopping = true, Problem = "The page pool broke an invariant; this server exits." };
        Volatile.Write(ref _snapshot, Snapshot with { Totals = totals });
        var revoked = _leases.RevokeAllAsync();
        // Revoke the leases before killing the browsers: a render that sees its page close first would report the page as the cause.
        _effects.Own(AbortAsync());
        _fatal.Raise(new BrokenInvariantException($"The page pool broke an invariant: {error.Message}", error));

        async Task AbortAsync()
        {
            await revoked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _effects.AbortAsync();
        }
    }

    private void Apply(PoolEvent poolEvent)
    {
        _history.Add(poolEvent, Now);
        UpdateTables(poolEvent);
        foreach (var effect in _core.Apply(poolEvent, Now))
        {
            switch (effect)
            {
                case GrantLease e: _leases.Grant(e, _pages[e.Slot]); break;
                case RevokeLease e: _effects.Own(_leases.RevokeAsync(e.Lease)); break;
                case FailWaiter e: _leases.Fail(e, Snapshot); break;
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

        // A boot can complete after its slot is removed, when the process was killed meanwhile.
        if (poolEvent is PageArrived arrived && !_core.Knows(arrived.Slot))
        {
            _pages.Remove(arrived.Slot);
        }

        var before = Snapshot;
        Volatile.Write(ref _snapshot, _core.Snapshot());
        _turnover.Observe(before.Totals, Snapshot.Totals, (poolEvent as ShellLearned)?.Shell);
    }

    private void UpdateTables(PoolEvent poolEvent)
    {
        switch (poolEvent)
        {
            case PageArrived arrived: _pages[arrived.Slot] = arrived.Page; break;
            case LeaseCompleted completed: _leases.Complete(completed.Lease); break;
        }
    }

    // No page can ever boot: fail the waiters at once, which also ends the drain of the server.
    private void GiveUp(GiveUpStart effect)
    {
        _fatal.Raise(new StartException(effect.Why));
        Post(new StopRequested());
    }

    private TimeSpan DueIn(TimeSpan at)
    {
        if (at == TimeSpan.MaxValue)
        {
            return Timeout.InfiniteTimeSpan;
        }

        // Timers have millisecond resolution. Round up; otherwise the timer fires early, repeatedly, for the last millisecond.
        var milliseconds = Math.Ceiling((at - Now).TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, TimeSpan.MillisecondsPerDay));
    }

    [LoggerMessage(LogLevel.Information, "Replacing the browser: {Reason}")]
    private partial void LogRecycle(string reason);

    [LoggerMessage(LogLevel.Debug, "Slot {Slot} is closed: {Reason}, at stage {Stage}.")]
    private partial void LogClosed(long slot, CloseReason reason, CloseStage stage);

    [LoggerMessage(LogLevel.Warning, "The page pool did not stop within {Bound}; {SlotCount} slots remain.")]
    private partial void LogStopOverdue(TimeSpan bound, int slotCount);

    [LoggerMessage(LogLevel.Critical, "The page pool broke an invariant and this server exits: {Invariant} Slots: {Slots}. "
        + "Latest events, the failing one last: {Events}")]
    private partial void LogBroken(Exception exception, string invariant, string slots, string events);
}
