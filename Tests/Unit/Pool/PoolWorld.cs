using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core;
using Fleet.PrerenderServer.Pool.Core.Lifecycle;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>
/// A world around the core: callers, a browser that does what a test says and when, and time. Keeps books of its own, from the effects
/// alone, and holds every property against them after every event.
/// </summary>
internal sealed partial class PoolWorld
{
    private readonly PoolCore _core;
    private readonly List<PoolEffect> _pending = [];
    private readonly Dictionary<long, int> _contexts = [];
    private readonly Dictionary<long, string> _tenants = [];
    private readonly Dictionary<long, string?> _documents = [];
    private readonly Dictionary<long, long> _currentOps = [];
    private readonly Dictionary<long, string?> _bootsFor = [];
    private readonly HashSet<long> _doomed = [];
    private readonly HashSet<long> _closing = [];
    private readonly SortedDictionary<long, WorldWaiter> _waiters = [];
    private readonly SortedDictionary<long, WorldLease> _leases = [];
    private readonly HashSet<long> _probing = [];
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

    /// <summary>What the pool asked for and has not been told the end of, oldest first.</summary>
    public IReadOnlyList<PoolEffect> Pending => _pending;

    /// <summary>All that the pool asked for, ever.</summary>
    public List<PoolEffect> History { get; } = [];

    /// <summary>Leases that are held, oldest first.</summary>
    public IEnumerable<WorldLease> Held => _leases.Values;

    public IEnumerable<WorldWaiter> Waiting => _waiters.Values;

    public int Contexts => _contexts.Count;

    public int MostContexts { get; private set; }

    /// <summary>The token that the host serves to a page that boots now.</summary>
    public string? Served { get; set; }

    /// <summary>The token that the pool was told is current.</summary>
    public string? Told { get; private set; }

    public long Want(
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

    public void Complete(WorldLease lease, PageOutcome outcome = PageOutcome.Healthy, string? loaded = null, TimeSpan? maxIdle = null)
    {
        if (_leases.Remove(lease.Id) && outcome is not (PageOutcome.Healthy or PageOutcome.Untouched))
        {
            _doomed.Add(lease.Slot);
        }

        Apply(new LeaseCompleted(lease.Id, outcome) { Booted = loaded is not null, ShellToken = loaded, MaxIdle = maxIdle });
    }

    public void TellShell(string token)
    {
        if (Told != token)
        {
            _wrongBoots = 0;
        }

        Told = token;
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

    /// <summary>Tells the pool that what it asked for has ended, well or not. Telling it of an older operation is a late completion.</summary>
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

    /// <summary>Tells the pool, in order, that everything it asks for ends well, until it asks for nothing more.</summary>
    public void Settle(Func<PoolEffect, bool>? except = null)
    {
        while (_pending.Find(e => except?.Invoke(e) != true) is { } effect)
        {
            End(effect);
        }
    }

    /// <summary>
    /// From now on everybody plays fair: what the pool asks for ends well and at once (closes only when <paramref name="closesEnd"/>), and
    /// leases come back as soon as nothing that they caused is waited for. Then everybody must be served, and the pool must stop.
    /// </summary>
    public void Finish(bool closesEnd = true)
    {
        var timeout = Now + TimeSpan.FromSeconds(300);
        Served = Told ?? Served;
        while (true)
        {
            Settle(e => !closesEnd && e is CloseSlot);
            CheckNothingLeftToDo();
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

            Check(Checks.NobodyStarves, _core.NextDeadline <= timeout, $"nothing will happen before {_core.NextDeadline}: {Describe()}");
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

    /// <summary>Whether nothing that a lease caused is under way.</summary>
    public bool IsFree(WorldLease lease) =>
        _waiters.Values.All(w => w.Parent != lease.Id) && _leases.Values.All(l => l.Parent != lease.Id);

    /// <summary>Time passes; the pool is woken whenever it asked to be.</summary>
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
                throw new PropertyBroken(Checks.NothingLeftToDo, $"woken at {due}, the pool wants to be woken at {_core.NextDeadline} again");
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
            throw new PropertyBroken(e.Message.StartsWith("A slot that is", StringComparison.Ordinal) ? Checks.OnlyTransitionsOfTheTable : Checks.ClosedOnce, $"{happened} made the pool throw", e);
        }

        foreach (var effect in effects)
        {
            History.Add(effect);
            Observe(effect);
        }

        var snapshot = _core.Snapshot();
        Check(Checks.VersionGrows, snapshot.Version == before.Version + 1, $"{before.Version} → {snapshot.Version}");
        Check(Checks.ContextsWithinCap, _contexts.Count <= Options.Slots + Options.HighPrioritySlots, $"{_contexts.Count} are alive after {happened}");
        CheckStates(snapshot);
        CheckTransitions(before, snapshot, effects);
        CheckWarm(snapshot);
        while (_untouched.TryDequeue(out var lease))
        {
            _leases.Remove(lease);
            Apply(new LeaseCompleted(lease, PageOutcome.Untouched));
        }
    }

    /// <summary>Applies the passing of no time: an event that was applied to the end leaves nothing to do.</summary>
    public void CheckNothingLeftToDo()
    {
        var history = History.Count;
        Apply(new TimePassed());
        Check(Checks.NothingLeftToDo, History.Count == history, $"the passing of no time led to {string.Join(", ", History.Skip(history))} in {Describe()} after {string.Join(", ", History.Skip(history - 4))}");
    }

    /// <summary>The world as one line, for a report and for telling two of them apart.</summary>
    public string Describe() =>
        string.Join(' ', Snapshot.Slots.Select(s => $"{s.Slot}:{s.State}:{s.Affinity}:g{s.Generation}:{s.Renders > 0}:{s.ShellToken}")) +
        " | " + string.Join(' ', _waiters.Values.Select(w => $"{w.Request.Affinity}/{w.Request.Depth}")) +
        " | " + string.Join(' ', _leases.Values.Select(l => $"{l.Waiter}@{l.Slot}"));
}

/// <summary>Somebody who waits, as the world knows it.</summary>
internal sealed record WorldWaiter(long Id, LeaseRequest Request, TimeSpan Since, long? Parent);

/// <summary>A lease, as the world knows it.</summary>
internal sealed record WorldLease(long Id, long Slot, long Waiter, string Affinity, int Depth, bool Warm, TimeSpan Waited, long? Parent);
