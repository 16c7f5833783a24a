using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Lifecycle;

/// <summary>
/// Moves the pool to the current host shell by rolling reloads in place. Reloads standby and idle pages, the most recently used first, since
/// they are the most likely to be used next. A leased page reloads on release; no render is cut short for a shell.
/// </summary>
internal sealed class ShellReload(PoolState pool, WaiterQueue queue, PageBoot pageBoot)
{
    /// <summary>When a paused reload may begin; <see cref="TimeSpan.MaxValue"/> when none is paused.</summary>
    public TimeSpan WakeAt { get; private set; }

    /// <summary>Begins the reloads that are due.</summary>
    /// <returns>Whether any reload began.</returns>
    public bool Run()
    {
        var any = false;
        WakeAt = TimeSpan.MaxValue;
        var room = pool.Rules.Options.ReloadsAtOnce - pool.Count(SlotState.Rebooting);
        while (room-- > 0 && MostRecentlyUsedStale() is { } slot)
        {
            if (pool.Now < pool.Shell.RetryAt && !CanSkipPause())
            {
                WakeAt = pool.Shell.RetryAt;
                break;
            }

            pageBoot.Reload(slot);
            any = true;
        }

        return any;
    }

    /// <summary>Fails the waiters that require the current shell at once, when the pool is between two shells.</summary>
    /// <returns>Whether any waiter failed.</returns>
    public bool FailBetweenShells()
    {
        if (queue.FreshOrFail.Count == 0 || !IsBetweenShells())
        {
            return false;
        }

        foreach (var waiter in queue.FreshOrFail.ToArray())
        {
            queue.Remove(waiter);
            pool.Do(new FailWaiter(waiter.Id, WaitFailure.StaleShell));
        }

        return true;
    }

    private bool IsBetweenShells()
    {
        foreach (var slot in pool.Slots)
        {
            if (slot.State is SlotState.Standby or SlotState.Idle or SlotState.Leased or SlotState.Rebooting && IsStale(slot))
            {
                return true;
            }
        }

        return false;
    }

    // The pause after a change reduces the load on the host; it is skipped while a waiter needs a page. The pause after a boot of the wrong shell always applies.
    private bool CanSkipPause() => pool.Shell.WrongBoots == 0 && queue.Count > 0;

    private Slot? MostRecentlyUsedStale()
    {
        Slot? newest = null;
        foreach (var slot in pool.Slots)
        {
            if (slot.State is SlotState.Standby or SlotState.Idle && IsStale(slot) && (newest is null || slot.UsedAt > newest.UsedAt))
            {
                newest = slot;
            }
        }

        return newest;
    }

    private bool IsStale(Slot slot) => !pool.Shell.IsCurrent(slot.ShellToken);
}
