using Fleet.PrerenderServer.Pool.Core.Lifecycle;
using Fleet.PrerenderServer.Pool.Core.Scheduling;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core;

/// <summary>
/// The page pool: one state machine without tasks, clocks or I/O, which makes every decision. <see cref="Apply"/> takes an event and its time
/// and returns effects; the completion of each effect is another event.
/// <para>
/// See <see cref="SlotState"/> (the states of a slot), <see cref="PageBoot"/>, <see cref="Leases"/> and <see cref="CloseEscalation"/> (the
/// transitions between them), <see cref="Browsers"/> and <see cref="ShellReload"/> (how the pool replaces browsers and documents),
/// <see cref="AdmissionPolicy"/>, <see cref="Dispatcher"/> and <see cref="CapacityPlan"/> (which waiter gets which page), and
/// <see cref="PoolRules"/> (each decision as one method).
/// </para>
/// </summary>
internal sealed class PoolCore
{
    private readonly PoolState _pool;
    private readonly WaiterQueue _queue;
    private readonly CloseEscalation _escalation;
    private readonly PageBoot _pageBoot;
    private readonly Leases _leases;
    private readonly Retirement _retirement;
    private readonly Browsers _browsers;
    private readonly CapacityPlan _plan;
    private readonly Dispatcher _dispatcher;
    private readonly ShellReload _reload;

    public PoolCore(PoolRules rules)
    {
        _pool = new(rules);
        _queue = new(rules.Options.MaxDepth, _pool.Affinities);
        _escalation = new(_pool);
        _pageBoot = new(_pool, _escalation);
        _leases = new(_pool, _queue, _escalation, _pageBoot);
        _retirement = new(_pool, _leases, _escalation);
        _browsers = new(_pool, _leases, _escalation, _retirement);
        _plan = new(_pool, _queue, _escalation, _pageBoot);
        _dispatcher = new(_pool, _queue, _plan, _leases);
        _reload = new(_pool, _queue, _pageBoot);
    }

    /// <summary>Whether the pool has stopped: it has no slots and no browser processes.</summary>
    public bool IsStopped => _pool is { Stopping: true, Slots.Count: 0, Generations.Count: 0 };

    /// <summary>The earliest deadline; <see cref="TimeSpan.MaxValue"/> when there is none. The actor applies <see cref="TimePassed"/> then, so the
    /// pool needs only one timer.</summary>
    public TimeSpan NextDeadline
    {
        get
        {
            var next = _pool.Stopping ? TimeSpan.MaxValue : PoolTime.Earlier(_plan.WakeAt, PoolTime.Earlier(_reload.WakeAt, _browsers.NextLaunch));
            next = PoolTime.Earlier(next, _queue.NextToExpire?.Deadline ?? TimeSpan.MaxValue);
            foreach (var slot in _pool.Slots)
            {
                next = PoolTime.Earlier(next, slot.Deadline);
            }

            foreach (var generation in _pool.Generations)
            {
                next = PoolTime.Earlier(next, generation.Deadline);
                next = PoolTime.Earlier(next, generation.CreateFrom > _pool.Now ? generation.CreateFrom : TimeSpan.MaxValue);
            }

            return _pool.CurrentGeneration() is { } current && _browsers.WornOutAt(current) > _pool.Now
                ? PoolTime.Earlier(next, _browsers.WornOutAt(current))
                : next;
        }
    }

    /// <summary>Whether the slot still exists.</summary>
    public bool Knows(long slot) => _pool.Find(slot) is not null;

    /// <summary>Builds an immutable snapshot of the pool.</summary>
    public PoolSnapshot Snapshot() => SnapshotBuilder.Build(_pool, _queue);

    /// <summary>Applies one event and returns its effects, to be run in order. The list is valid until the next call.</summary>
    public IReadOnlyList<PoolEffect> Apply(PoolEvent poolEvent, TimeSpan now)
    {
        _pool.ClearEffects();
        _pool.Now = now > _pool.Now ? now : _pool.Now;
        On(poolEvent);
        ExpireSlots();
        ExpireBrowsers();
        _browsers.Settle();
        Dispatch();

        // Expire waiters after dispatching: a request with a zero wait still gets a page that is free now.
        if (ExpireWaiters())
        {
            Dispatch();
        }

        _pool.Version++;
        return _pool.Effects;
    }

    private void Dispatch()
    {
        if (_pool.Stopping)
        {
            return;
        }

        do
        {
            _dispatcher.Run();
        }
        while (_reload.FailBetweenShells() || _reload.Run());
        _plan.KeepStandbys();
    }

    private bool ExpireWaiters()
    {
        var any = false;
        while (_queue.NextToExpire is { } waiter && waiter.Deadline <= _pool.Now)
        {
            Fail(waiter, WaitFailure.Deadline);
            any = true;
        }

        return any;
    }

    private void On(PoolEvent poolEvent)
    {
        switch (poolEvent)
        {
            case Started or TimePassed: break;
            case PageRequested e: Add(e); break;
            case RequestCancelled e: _leases.Cancel(e.Waiter); break;
            case PageBooted e: _pageBoot.Booted(e); break;
            case BootFailed e: _pageBoot.Failed(e); break;
            case PageProbed e: _leases.Probed(e); break;
            case LeaseCompleted e: _leases.Completed(e); break;
            case SlotClosed e: _escalation.Closed(e); break;
            case CloseStageEnded e: _escalation.StageEnded(e); break;
            case SlotCrashed e: _retirement.Crashed(e); break;
            case BrowserLaunched e: _browsers.Launched(e); break;
            case LaunchFailed e: _browsers.LaunchFailed(e); break;
            case BrowserCrashed e: _browsers.Crashed(e); break;
            case BrowserKilled e: _browsers.Killed(e); break;
            case RecycleRequested: _browsers.Recycle(); break;
            case MemoryMeasured e: _retirement.Measured(e); break;
            case ShellLearned e: _pool.Shell.Learn(e.Shell, _pool.Now + e.Pause); break;
            case AffinityDisposed e: _retirement.Dispose(e); break;
            case StopRequested: Stop(); break;
            default: throw new ArgumentException($"The pool does not handle the event {poolEvent.GetType().Name}.", nameof(poolEvent));
        }
    }

    private void Add(PageRequested requested)
    {
        if (_pool.Stopping)
        {
            _pool.Do(new FailWaiter(requested.Waiter, WaitFailure.ShuttingDown));
            return;
        }

        var request = requested.Request;
        _queue.Add(new Waiter(
            requested.Waiter, request, _pool.Affinities.Get(request.Affinity), _pool.AdmissionPolicy.DepthOf(request), _pool.Rules.Rank(request, _pool.Now), _pool.Now));
    }

    private void Stop()
    {
        if (_pool.Stopping)
        {
            return;
        }

        _pool.Stopping = true;
        _browsers.Stop();
        foreach (var waiter in _queue.All.OrderBy(w => w.Id).ToArray())
        {
            Fail(waiter, WaitFailure.ShuttingDown);
        }
    }

    private void Fail(Waiter waiter, WaitFailure end)
    {
        _queue.Remove(waiter);
        _pool.Do(new FailWaiter(waiter.Id, end));
    }

    // The effect of a passed deadline depends on the state alone.
    private void ExpireSlots()
    {
        foreach (var slot in _pool.Slots)
        {
            if (slot.Deadline > _pool.Now)
            {
                continue;
            }

            switch (slot.State)
            {
                case SlotState.Creating or SlotState.Rebooting: _pageBoot.Overdue(slot); break;
                case SlotState.Standby or SlotState.Idle: _retirement.IdleTooLong(slot); break;
                case SlotState.Leased or SlotState.Draining: _leases.Overdue(slot); break;
                case SlotState.Closing: _escalation.Overdue(slot); break;
            }
        }
    }

    private void ExpireBrowsers()
    {
        foreach (var generation in _pool.Generations)
        {
            if (generation.Deadline <= _pool.Now)
            {
                _browsers.Overdue(generation);
            }
        }
    }
}
