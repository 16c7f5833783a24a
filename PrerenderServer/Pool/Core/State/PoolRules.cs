namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>
/// The decisions of the pool, one stateless method each. Tests override one with a wrong decision to show which check detects it.
/// </summary>
internal class PoolRules(PoolOptions options)
{
    public PoolOptions Options { get; } = options;

    /// <summary>Pause between reloads while the host shell differs on every fetch: 1 minute. The fleet recovers without a restart once the
    /// host is fixed.</summary>
    public static TimeSpan UnstableShellPause { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Minimum age of a browser that is replaced for its memory: 5 minutes. Where the pages of a large app need that much, each new browser
    /// would soon exceed the bound again.</summary>
    public static TimeSpan MinAgeForMemory { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Failed launches, with none successful before, after which the server gives up: 3. A setting is wrong then, and retrying does not help.</summary>
    public const int FirstLaunches = 3;

    /// <summary>Maximum number of slots, high-priority slots included.</summary>
    public int TotalSlots { get; } = options.Slots + options.HighPrioritySlots;

    /// <summary>Whether a slot in this state uses memory. All do: a context that is closing still exists.</summary>
    public virtual bool TakesMemory(SlotState state) => true;

    /// <summary>Whether a completion belongs to the slot's current operation.</summary>
    public virtual bool IsCurrent(Slot slot, long op) => slot.Op == op;

    /// <summary>Permits that renders at this depth leave to the renders they may cause, so that a chain of renders cannot deadlock.</summary>
    public virtual int ReservedPermits(int depth) => Options.MaxDepth - depth;

    /// <summary>Rank of a waiter: its arrival time minus one aging interval per level of priority. Lower ranks first.</summary>
    public virtual long Rank(LeaseRequest request, TimeSpan arrivedAt) =>
        arrivedAt.Ticks - Math.Clamp(request.Priority, 0, Contracts.RenderLimits.MaxPriority) * Options.Aging.Ticks;

    /// <summary>When the waiter's priority, including aging, reaches <see cref="PoolOptions.HighPriority"/>.</summary>
    public virtual TimeSpan HighFrom(Waiter waiter) => TimeSpan.FromTicks(waiter.Rank + Options.HighPriority * Options.Aging.Ticks);

    /// <summary>When a waiter may have an idle page evicted although the page's own affinity waits for it.</summary>
    public virtual TimeSpan UrgentFrom(Waiter waiter) => waiter.ArrivedAt + Options.StickyWindow;

    /// <summary>Whether a slot may be evicted. Only idle ones: making room never waits for a lease to end.</summary>
    public virtual bool MayEvict(Slot slot) => slot.State == SlotState.Idle;

    /// <summary>Whether a slot may serve an affinity. A slot never changes its affinity.</summary>
    public virtual bool MayServe(Slot slot, Affinity affinity) => slot.Affinity == affinity;

    /// <summary>Whether a render finds a booted page of its affinity in this slot.</summary>
    public virtual bool IsWarm(SlotState state) => state is SlotState.Idle or SlotState.Leased;

    /// <summary>The next state of a slot whose lease is released.</summary>
    /// <param name="state">The state of the slot on release.</param>
    /// <param name="condition">The condition that the render reported.</param>
    /// <param name="currentGeneration">Whether its browser is up and not being retired.</param>
    /// <param name="currentShell">Whether its document was loaded from the current host shell.</param>
    /// <param name="overMemory">Whether it uses more memory than a slot may.</param>
    public virtual SlotState AfterLease(SlotState state, PageCondition condition, bool currentGeneration, bool currentShell, bool overMemory) =>
        (state, condition) switch
        {
            (SlotState.Draining, _) => SlotState.Closing,
            (_, PageCondition.Hung or PageCondition.Crashed or PageCondition.Tainted) => SlotState.Closing,
            _ when !currentGeneration || overMemory => SlotState.Closing,
            (_, PageCondition.Dirty) => currentShell ? SlotState.Rebooting : SlotState.Closing,
            _ => SlotState.Idle,
        };

    /// <summary>Whether a request accepts a page whose host shell is stale.</summary>
    public virtual bool AcceptsStale(Contracts.ShellAcceptance accept, int wrongBoots) => accept switch
    {
        Contracts.ShellAcceptance.Any => true,
        Contracts.ShellAcceptance.FreshOrWait => wrongBoots >= Options.LastResortAfter,
        _ => false,
    };

    /// <summary>How long one render may hold a page.</summary>
    public virtual TimeSpan HoldDeadline => Options.HoldDeadline;

    /// <summary>How long a stage of closing may take before the next one begins.</summary>
    public virtual TimeSpan CloseDeadline(CloseStage stage) => Options.CloseStageDeadline;

    /// <summary>How long the given number of kills may stay unconfirmed before the next one. The pause grows: a process that survives SIGKILL waits for
    /// a device, and each attempt writes a log line.</summary>
    public TimeSpan KillDeadline(int kills)
    {
        var (once, backOff) = (CloseDeadline(CloseStage.Kill), BackOff(kills));
        return once > backOff ? once : backOff;
    }

    /// <summary>Whether the server gives up. Once a browser was up, launches are retried forever; if none ever was, a setting is wrong.</summary>
    public virtual bool GivesUp(bool wasUp, int failedLaunches) => !wasUp && failedLaunches >= FirstLaunches;

    /// <summary>The pause before the next attempt after this many consecutive failures.</summary>
    public TimeSpan BackOff(int failures) => new ServiceDefaults.Backoff(Options.BackOffMin, Options.BackOffMax).After(failures);
}
