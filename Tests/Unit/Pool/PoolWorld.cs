using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core;
using Fleet.PrerenderServer.Pool.Core.Lifecycle;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>
/// Simulates everything around the core: callers, a browser whose operations end when and how the test decides, and time. Keeps its own record,
/// derived from the effects alone, and checks every property after every event.
/// </summary>
internal sealed partial class PoolWorld
{
    private readonly PoolCore _core;
    private readonly List<PoolEffect> _pending = [];
    private readonly Dictionary<long, int> _contexts = [];
    private readonly Dictionary<long, string> _affinities = [];
    private readonly Dictionary<long, string?> _documents = [];
    private readonly Dictionary<long, long> _currentOps = [];
    private readonly Dictionary<long, string?> _bootsFor = [];
    private readonly HashSet<long> _condemned = [];
    private readonly HashSet<long> _closing = [];
    private readonly SortedDictionary<long, WorldWaiter> _waiters = [];
    private readonly SortedDictionary<long, WorldLease> _leases = [];
    private readonly HashSet<long> _probing = [];
    private readonly HashSet<long> _closedBesideStandby = [];
    private readonly Dictionary<long, int> _generations = [];
    private readonly Dictionary<long, LeaseRequest> _requests = [];
    private readonly Queue<long> _untouched = [];
    private long _lastWaiter;
    private long _lastShell;
    private long _wrongBoots;
    private int _newestUp;
    private bool _stopped;

    public PoolWorld(PoolOptions options, PoolRules? rules = null)
    {
        Options = options;
        _core = new(rules ?? new PoolRules(options));
        Apply(new Started());
    }

    public PoolOptions Options { get; }

    public TimeSpan Now { get; private set; }

    public TimeSpan NextDeadline => _core.NextDeadline;

    public bool IsStopped => _core.IsStopped;

    public PoolSnapshot Snapshot => _core.Snapshot();

    /// <summary>Effects without a completion so far, oldest first.</summary>
    public IReadOnlyList<PoolEffect> Pending => _pending;

    /// <summary>Every effect so far.</summary>
    public List<PoolEffect> History { get; } = [];

    /// <summary>Leases that are held, oldest first.</summary>
    public IEnumerable<WorldLease> Held => _leases.Values;

    public IEnumerable<WorldWaiter> Waiting => _waiters.Values;

    public int Contexts => _contexts.Count;

    public int MostContexts { get; private set; }

    /// <summary>The token that the host serves to a page that boots now.</summary>
    public string? Served { get; set; }

    /// <summary>The token that the pool knows as current.</summary>
    public string? CurrentToken { get; private set; }

    public long Request(
        string affinity, int depth = 0, int priority = 0, double wait = 1e6, ShellAcceptance accept = ShellAcceptance.FreshOrWait, WorldLease? parent = null, bool needsHost = true)
    {
        var request = new LeaseRequest(affinity, depth, priority, TimeSpan.FromSeconds(wait), accept, needsHost);
        var waiter = new WorldWaiter(++_lastWaiter, request, Now, parent?.Id);
        _waiters.Add(waiter.Id, waiter);
        _requests.Add(waiter.Id, request);
        Apply(new PageRequested(waiter.Id, request));
        return waiter.Id;
    }

    public void Cancel(long waiter)
    {
        _waiters.Remove(waiter);
        Apply(new RequestCancelled(waiter));
    }

    /// <summary>The lease that a waiter got; null while it waits.</summary>
    public WorldLease? LeaseOf(long waiter) => _leases.Values.FirstOrDefault(l => l.Waiter == waiter);

    public void Complete(WorldLease lease, PageCondition condition = PageCondition.Healthy, string? loaded = null, TimeSpan? maxIdle = null)
    {
        if (_leases.Remove(lease.Id) && condition is not (PageCondition.Healthy or PageCondition.Untouched))
        {
            _condemned.Add(lease.Slot);
        }

        Apply(new LeaseCompleted(lease.Id, condition) { Booted = loaded is not null, ShellToken = loaded, MaxIdle = maxIdle });
    }

    public void ChangeShell(string token)
    {
        if (CurrentToken != token)
        {
            _wrongBoots = 0;
        }

        CurrentToken = token;
        Apply(new ShellLearned(new HostShell(token, ++_lastShell, DateTimeOffset.UnixEpoch, "test")));
    }

    public void CrashBrowser(int generation)
    {
        Forget(c => c.Value == generation);
        Apply(new BrowserCrashed(generation));
    }

    public void Stop()
    {
        _stopped = true;
        Apply(new StopRequested());
    }

    /// <summary>Completes an effect, successfully or not. Completing an older operation is a late completion.</summary>
    public void End(PoolEffect effect, bool well = true)
    {
        _pending.Remove(effect);
        var late = IsLate(effect);
        var (before, history) = (late ? Describe() : "", History.Count);
        var completion = Completion(effect, well);
        if (!late && SlotOf(effect) > 0)
        {
            _currentOps[SlotOf(effect)] = 0;
        }

        try
        {
            Apply(completion);
        }
        catch (PropertyBroken e) when (late)
        {
            throw new PropertyBroken(Checks.LateIsIgnored, $"{effect} was late", e);
        }

        if (late && (Describe() != before || History.Count != history))
        {
            throw new PropertyBroken(Checks.LateIsIgnored, $"{effect} was late and changed\n{before}\ninto\n{Describe()}");
        }
    }

    /// <summary>Completes all effects successfully, in order, until none is pending.</summary>
    public void Settle(Func<PoolEffect, bool>? except = null)
    {
        while (_pending.Find(e => except?.Invoke(e) != true) is { } effect)
        {
            End(effect);
        }
    }

    /// <summary>
    /// From now on nothing fails: effects complete successfully and at once (closes only with <paramref name="closesEnd"/>), and
    /// leases are completed as soon as no nested render of theirs is pending. Then every waiter must be served, and the pool must stop.
    /// </summary>
    public void Finish(bool closesEnd = true)
    {
        var timeout = Now + TimeSpan.FromSeconds(300);
        Served = CurrentToken ?? Served;
        while (true)
        {
            Settle(e => !closesEnd && e is CloseSlot);
            CheckEventIsComplete();
            if (Held.FirstOrDefault(IsFree) is { } lease)
            {
                Complete(lease);
                timeout = Now + TimeSpan.FromSeconds(300);
                continue;
            }

            if (_waiters.Count == 0 && _leases.Count == 0)
            {
                break;
            }

            Check(Checks.NoStarvation, _core.NextDeadline <= timeout, $"nothing will happen before {_core.NextDeadline}: {Describe()}");
            Advance(_core.NextDeadline - Now);
        }

        Stop();
        for (var i = 0; i < 100 && !IsStopped; i++)
        {
            Settle(e => !closesEnd && e is CloseSlot);
            Advance(_core.NextDeadline < TimeSpan.MaxValue ? _core.NextDeadline - Now : TimeSpan.Zero);
        }

        Check(Checks.CapacityReturns, IsStopped && _contexts.Count == 0, $"{_contexts.Count} contexts are left: {Describe()}");
    }

    /// <summary>Whether a lease has no nested render that waits or runs.</summary>
    public bool IsFree(WorldLease lease) =>
        _waiters.Values.All(w => w.Parent != lease.Id) && _leases.Values.All(l => l.Parent != lease.Id);

    /// <summary>Advances time; the pool gets an event at each of its deadlines.</summary>
    public void Advance(TimeSpan by)
    {
        var end = Now + by;
        while (_core.NextDeadline <= end)
        {
            Now = _core.NextDeadline > Now ? _core.NextDeadline : Now;
            var due = _core.NextDeadline;
            Apply(new TimePassed());
            if (_core.NextDeadline <= due)
            {
                throw new PropertyBroken(Checks.EventsAreComplete, $"the pool has a deadline at {_core.NextDeadline} after its deadline at {due}");
            }
        }

        Now = end;
    }

    public void Apply(PoolEvent happened)
    {
        var before = _core.Snapshot();
        PoolEffect[] effects;
        try
        {
            effects = [.. _core.Apply(happened, Now)];
        }
        catch (InvalidOperationException e)
        {
            throw new PropertyBroken(e.Message.StartsWith("A slot that is", StringComparison.Ordinal) ? Checks.OnlyTableTransitions : Checks.ClosedOnce, $"{happened} made the pool throw", e);
        }

        foreach (var effect in effects)
        {
            History.Add(effect);
            Observe(effect);
        }

        var snapshot = _core.Snapshot();
        Check(Checks.VersionGrows, snapshot.Version == before.Version + 1, $"{before.Version} → {snapshot.Version}");
        Check(Checks.ContextsWithinCap, _contexts.Count <= Options.Slots + Options.HighPrioritySlots, $"{_contexts.Count} contexts exist after {happened}");
        CheckStates(snapshot);
        CheckTransitions(before, snapshot, effects);
        CheckWarm(snapshot);
        CheckEvictions(before, snapshot, effects);
        while (_untouched.TryDequeue(out var lease))
        {
            _leases.Remove(lease);
            Apply(new LeaseCompleted(lease, PageCondition.Untouched));
        }
    }

    /// <summary>Applies an event at the same time again: if the event before left no work undone, there are no effects.</summary>
    public void CheckEventIsComplete()
    {
        var history = History.Count;
        Apply(new TimePassed());
        Check(Checks.EventsAreComplete, History.Count == history, $"an event without a change of time led to {string.Join(", ", History.Skip(history))} in {Describe()} after {string.Join(", ", History.Skip(history - 4))}");
    }

    /// <summary>The simulation's state in one line, for messages and to compare states.</summary>
    public string Describe() =>
        string.Join(' ', Snapshot.Slots.Select(s => $"{s.Slot}:{s.State}:{s.Affinity}:g{s.Generation}:{s.Renders > 0}:{s.ShellToken}")) +
        " | " + string.Join(' ', _waiters.Values.Select(w => $"{w.Request.Affinity}/{w.Request.Depth}")) +
        " | " + string.Join(' ', _leases.Values.Select(l => $"{l.Waiter}@{l.Slot}"));
}

/// <summary>A waiter, as the simulation records it.</summary>
internal sealed record WorldWaiter(long Id, LeaseRequest Request, TimeSpan Since, long? Parent);

/// <summary>A lease, as the simulation records it.</summary>
internal sealed record WorldLease(long Id, long Slot, long Waiter, string Affinity, int Depth, bool Warm, TimeSpan Waited, long? Parent);
