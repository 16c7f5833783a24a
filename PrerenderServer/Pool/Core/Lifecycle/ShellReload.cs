using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Lifecycle;

/// <summary>
/// Moves the pool to the current host shell: in place, rolling, pages at rest first and among them the most recently used, which are
/// the likeliest to be wanted next. A lent page is reloaded when it comes back; no render is ever cut short for a shell.
/// </summary>
internal sealed class ShellReload(PoolState pool, WaiterQueue queue, PageBoot pageBoot)
{
    /// <summary>When a reload that rests now may begin; never, when none does.</summary>
    public TimeSpan WakeAt { get; private set; }

    /// <summary>Begins the reloads that may begin now.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Run()
    {
        var any = false;
        WakeAt = TimeSpan.MaxValue;
        var room = pool.Rules.Options.ReloadsAtOnce - pool.Count(SlotState.Repaging);
        while (room-- > 0 && MostRecentlyUsedStale() is { } slot)
        {
            if (pool.Now < pool.Shell.RetryAt && !IsWanted())
            {
                WakeAt = pool.Shell.RetryAt;
                break;
            }

            pageBoot.Reload(slot);
            any = true;
        }

        return any;
    }

    /// <summary>Ends the waits of those who accept nothing but the current shell at once, when the pool is between two shells.</summary>
    /// <returns>Whether there were any.</returns>
    public bool FailImpatient()
    {
        if (queue.Impatient.Count == 0 || !IsBetweenShells())
        {
            return false;
        }

        foreach (var waiter in queue.Impatient.ToArray())
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
            if (slot.State is SlotState.Standby or SlotState.Idle or SlotState.Leased or SlotState.Repaging && IsStale(slot))
            {
                return true;
            }
        }

        return false;
    }

    // The pause after a change is a courtesy to the host. Whoever waits for a page does not pay for it; after a failure everybody does.
    private bool IsWanted() => pool.Shell.WrongBoots == 0 && queue.Count > 0;

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
