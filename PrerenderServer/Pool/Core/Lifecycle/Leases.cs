using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Lifecycle;

/// <summary>Grants and ends leases. Release and condition are one event, so a page is never granted again before its condition is known.</summary>
internal sealed class Leases(PoolState pool, WaiterQueue queue, CloseEscalation escalation, PageBoot pageBoot)
{
    /// <summary>Grants a standby or an idle page. A page that has rendered before is probed first.</summary>
    public void Grant(Waiter waiter, Slot slot)
    {
        if (slot.Affinity is null)
        {
            slot.Affinity = waiter.Affinity;
            waiter.Affinity.Slots++;
        }

        queue.Remove(waiter);
        slot.Change(SlotTrigger.Granted);
        pool.AddLease(slot, waiter);
        if (slot.Renders == 0)
        {
            HandOver(slot);
            return;
        }

        slot.Op = pool.NextOp();
        slot.Deadline = pool.Now + pool.Rules.Options.ProbeDeadline;
        pool.Do(new ProbePage(slot.Id, slot.Op));
    }

    /// <summary>The probe ended.</summary>
    public void Probed(PageProbed probed)
    {
        if (pool.Find(probed.Slot, probed.Op, SlotState.Leased) is not { } slot)
        {
            return;
        }

        if (!probed.Answers)
        {
            Revoke(slot, CloseReason.Hung);
        }
        else if (pool.Shell.Accepts(slot.Lease!.Waiter.Request.Accept, slot.ShellToken))
        {
            HandOver(slot);
        }
        else
        {
            // The shell changed during the probe.
            End(slot);
            MakeIdle(slot);
        }
    }

    /// <summary>A deadline of the lease passed: of the probe, of the render, or of the drain.</summary>
    public void Overdue(Slot slot)
    {
        if (slot.IsProbed)
        {
            Revoke(slot, CloseReason.Hung);
        }
        else if (slot.State == SlotState.Leased)
        {
            Drain(slot, pool.Rules.Options.HoldGrace, CloseReason.HoldOverdue);
        }
        else
        {
            Revoke(slot, slot.Reason);
        }
    }

    /// <summary>A render releases its page. The release of a revoked lease finds no slot and has no effect.</summary>
    public void Completed(LeaseCompleted completed)
    {
        if (pool.FindByLease(completed.Lease) is not { } slot)
        {
            return;
        }

        pool.RemoveLease(slot);
        slot.UsedAt = pool.Now;
        slot.MaxIdle = completed.MaxIdle;
        slot.ShellToken = completed.Booted ? completed.ShellToken : slot.ShellToken;
        var generation = pool.FindGeneration(slot.Generation)!;
        if (completed.Condition != PageCondition.Untouched)
        {
            slot.Renders++;
            generation.Renders++;
        }

        var currentGeneration = generation.State == GenerationState.Up;
        var currentShell = pool.Shell.IsCurrent(slot.ShellToken);
        switch (pool.Rules.AfterLease(slot.State, completed.Condition, currentGeneration, currentShell, IsOverMemory(slot)))
        {
            case SlotState.Idle when !currentShell && pool.Shell.ReloadsAtRelease(pool.Now):
                pageBoot.Reload(slot);
                break;
            case SlotState.Idle:
                MakeIdle(slot);
                break;
            case SlotState.Rebooting:
                pageBoot.ReplacePage(slot);
                break;
            default:
                escalation.Close(slot, Reason(slot, completed.Condition, generation));
                break;
        }
    }

    /// <summary>Closes a leased slot on release, or after <paramref name="grace"/> at the latest. A slot whose probe is pending closes at once.</summary>
    public void Drain(Slot slot, TimeSpan grace, CloseReason reason)
    {
        if (slot.IsProbed)
        {
            Revoke(slot, reason);
            return;
        }

        var until = pool.Now + grace;
        slot.Deadline = slot.Deadline > pool.Now ? PoolTime.Earlier(slot.Deadline, until) : until;
        slot.Change(SlotTrigger.Retired);
        slot.Reason = reason;
    }

    /// <summary>Revokes the lease and closes the slot at once. If the page was not handed over yet, its waiter returns to its old place.</summary>
    public void Revoke(Slot slot, CloseReason reason)
    {
        End(slot);
        escalation.Close(slot, reason);
    }

    /// <summary>Ends a lease without a release; the caller decides on the slot.</summary>
    public void End(Slot slot)
    {
        var wasProbed = slot.IsProbed;
        var lease = pool.RemoveLease(slot);
        if (!wasProbed)
        {
            pool.Do(new RevokeLease(lease.Id));
        }
        else if (!lease.Waiter.IsGone)
        {
            queue.Add(lease.Waiter);
        }
    }

    /// <summary>Cancels a waiter. A waiter whose page is being probed has already left the queue.</summary>
    public void Cancel(long waiter)
    {
        if (queue.Find(waiter) is { } waiting)
        {
            queue.Remove(waiting);
            return;
        }

        foreach (var slot in pool.Slots)
        {
            if (slot.IsProbed && slot.Lease!.Waiter.Id == waiter)
            {
                slot.Lease.Waiter.IsGone = true;
            }
        }
    }

    public bool IsOverMemory(Slot slot) => slot.MemoryBytes > pool.Rules.Options.SlotMemoryMb * 1_000_000L;

    private void HandOver(Slot slot)
    {
        var lease = slot.Lease!;
        var arrivedAt = lease.Waiter.ArrivedAt;
        var warm = slot.Renders > 0;
        var boot = warm || slot.BootedAt <= arrivedAt ? TimeSpan.Zero : slot.BootedAt - (slot.BornAt > arrivedAt ? slot.BornAt : arrivedAt);
        slot.Op = Slot.NoOp;
        slot.Deadline = PoolTime.After(pool.Now, pool.Rules.HoldDeadline);
        pool.Do(new GrantLease(lease.Waiter.Id, lease.Id, slot.Id, warm, pool.Now - arrivedAt, boot));
    }

    private void MakeIdle(Slot slot)
    {
        slot.Change(SlotTrigger.Released);
        slot.Op = Slot.NoOp;
        var timeout = pool.Rules.Options.IdleTimeout;
        slot.Deadline = PoolTime.After(pool.Now, slot.MaxIdle < timeout ? slot.MaxIdle.Value : timeout);
    }

    private CloseReason Reason(Slot slot, PageCondition condition, Generation generation) => (slot.State, condition) switch
    {
        (_, PageCondition.Crashed) => CloseReason.Crashed,
        (_, PageCondition.Hung) => CloseReason.Hung,
        (_, PageCondition.Tainted) => CloseReason.Tainted,
        (SlotState.Draining, _) => slot.Reason,
        _ when generation.State != GenerationState.Up => CloseReason.GenerationRetired,
        _ when IsOverMemory(slot) => CloseReason.OverMemory,
        _ => CloseReason.Obsolete,
    };
}
