namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>
/// The decisions of the pool, one method each, without state. Production uses them as they are; a test replaces one by a wrong one and
/// shows which check notices.
/// </summary>
internal class PoolRules(PoolOptions options)
{
    public PoolOptions Options { get; } = options;

    /// <summary>How long after the latest look at a host shell that differs on every fetch the next page is reloaded: 1 minute. Whoever mends
    /// the host need not restart the fleet.</summary>
    public static TimeSpan UnstableShellPause { get; } = TimeSpan.FromMinutes(1);

    /// <summary>How old a browser is before it is replaced for its memory: 5 minutes. Where many pages of a large app simply take as much, each
    /// fresh browser would soon be over its bound again.</summary>
    public static TimeSpan MinAgeForMemory { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Launches in a row that may fail before the first one succeeds: 3. Then the settings are wrong, and waiting does not cure them.</summary>
    public const int FirstLaunches = 3;

    /// <summary>Most slots that any work may take.</summary>
    public int TotalSlots { get; } = options.Slots + options.HighPrioritySlots;

    /// <summary>Whether a slot in this state takes memory. All do: a context that is being closed is still there.</summary>
    public virtual bool TakesMemory(SlotState state) => true;

    /// <summary>Whether a completion belongs to what the slot is doing now.</summary>
    public virtual bool IsCurrent(Slot slot, long op) => slot.Op == op;

    /// <summary>Permits that work of this depth leaves to what it may cause, so that no chain of renders waits for itself.</summary>
    public virtual int ReservedPermits(int depth) => Options.MaxDepth - depth;

    /// <summary>Where a waiter stands: its arrival, earlier by one aging interval per level of priority.</summary>
    public virtual long Rank(LeaseRequest request, TimeSpan arrivedAt) =>
        arrivedAt.Ticks - Math.Clamp(request.Priority, 0, Contracts.RenderLimits.MaxPriority) * Options.Aging.Ticks;

    /// <summary>When priority, aging included, reaches the high-priority tier.</summary>
    public virtual TimeSpan HighFrom(Waiter waiter) => TimeSpan.FromTicks(waiter.Rank + Options.HighPriority * Options.Aging.Ticks);

    /// <summary>When a waiter without a page may take an idle one that its own affinity is waiting for.</summary>
    public virtual TimeSpan UrgentFrom(Waiter waiter) => waiter.ArrivedAt + Options.StickyWindow;

    /// <summary>Whether a slot may be closed to make room. Idle ones only: nobody ever waits for a lease to make room.</summary>
    public virtual bool MayEvict(Slot slot) => slot.State == SlotState.Idle;

    /// <summary>Whether a slot may serve an affinity without a change of tenant.</summary>
    public virtual bool MayServe(Slot slot, Affinity affinity) => slot.Affinity == affinity;

    /// <summary>Whether a render finds a booted page of its affinity in this slot.</summary>
    public virtual bool IsWarm(SlotState state) => state is SlotState.Idle or SlotState.Leased;

    /// <summary>What becomes of a slot that comes back from a lease.</summary>
    /// <param name="state">The state it comes back in.</param>
    /// <param name="outcome">The verdict of the render.</param>
    /// <param name="currentGeneration">Its browser is the one in use.</param>
    /// <param name="currentShell">Its document was loaded from the current host shell.</param>
    /// <param name="overMemory">It takes more memory than a slot may.</param>
    public virtual SlotState AfterLease(SlotState state, PageOutcome outcome, bool currentGeneration, bool currentShell, bool overMemory) =>
        (state, outcome) switch
        {
            (SlotState.Draining, _) => SlotState.Closing,
            (_, PageOutcome.Wedged or PageOutcome.Crashed) => SlotState.Closing,
            _ when !currentGeneration || overMemory => SlotState.Closing,
            (_, PageOutcome.Dirty) => currentShell ? SlotState.Repaging : SlotState.Closing,
            _ => SlotState.Idle,
        };

    /// <summary>Whether a page may be handed out although its document was loaded from another shell than the current one.</summary>
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

    /// <summary>When the kill of a browser is repeated that was asked for so often and not confirmed. Ever later: a process that outlives SIGKILL waits for
    /// its device, and each attempt is a line in the log.</summary>
    public TimeSpan KillDeadline(int kills)
    {
        var (once, backOff) = (CloseDeadline(CloseStage.Kill), BackOff(kills));
        return once > backOff ? once : backOff;
    }

    /// <summary>Whether the server gives up. A browser that was up once is launched again and again; one that never was is a wrong setting.</summary>
    public virtual bool GivesUp(bool wasUp, int failedLaunches) => !wasUp && failedLaunches >= FirstLaunches;

    /// <summary>The pause before trying again after so many failures in a row.</summary>
    public TimeSpan BackOff(int failures) => new ServiceDefaults.Backoff(Options.BackOffMin, Options.BackOffMax).After(failures);
}
