using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Lifecycle;

/// <summary>Lending pages and taking them back. Release and verdict are one event, so no page is lent whose doom is not known yet.</summary>
internal sealed class Leases(PoolState pool, WaiterQueue queue, CloseEscalation escalation, PageBoot pageBoot)
{
    /// <summary>Lends a standby or an idle page. One that rendered before is first asked whether it answers.</summary>
    public void Grant(Waiter waiter, Slot slot)
    {
        if (slot.Affinity is null)
        {
            slot.Affinity = waiter.Affinity;
            waiter.Affinity.Slots++;
        }

        queue.Remove(waiter);
        slot.State = SlotState.Leased;
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

    /// <summary>The answer to the question.</summary>
    public void Probed(PageProbed probed)
    {
        if (pool.Find(probed.Slot, probed.Op, SlotState.Leased) is not { } slot)
        {
            return;
        }

        if (!probed.Answers)
        {
            Revoke(slot, CloseReason.Wedged);
        }
        else if (pool.Shell.Accepts(slot.Lease!.Waiter.Request.Accept, slot.ShellToken))
        {
            HandOver(slot);
        }
        else
        {
            // The shell changed while the page was being asked.
            End(slot);
            Rest(slot);
        }
    }

    /// <summary>A deadline of the lease has passed: that of the probe, or of the render.</summary>
    public void Overdue(Slot slot)
    {
        if (slot.IsProbed)
        {
            Revoke(slot, CloseReason.Wedged);
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

    /// <summary>A render gives its page back. The verdict of a lease that was revoked finds no slot and changes nothing.</summary>
    public void Completed(LeaseCompleted completed)
    {
        if (pool.FindByLease(completed.Lease) is not { } slot)
        {
            return;
        }

        pool.RemoveLease(slot);
        slot.UsedAt = pool.Now;
        slot.ShellToken = completed.Booted ? completed.ShellToken : slot.ShellToken;
        var generation = pool.FindGeneration(slot.Generation)!;
        if (completed.Outcome != PageOutcome.Untouched)
        {
            slot.Renders++;
            generation.Renders++;
        }

        var currentGeneration = generation.State == GenerationState.Up;
        var currentShell = pool.Shell.IsCurrent(slot.ShellToken);
        switch (pool.Rules.AfterLease(slot.State, completed.Outcome, currentGeneration, currentShell, IsOverMemory(slot)))
        {
            case SlotState.Idle when !currentShell && pool.Shell.ReloadsAtRelease(pool.Now):
                pageBoot.Reload(slot);
                break;
            case SlotState.Idle:
                Rest(slot);
                break;
            case SlotState.Repaging:
                pageBoot.ReplacePage(slot);
                break;
            default:
                escalation.Close(slot, Reason(slot, completed.Outcome, generation));
                break;
        }
    }

    /// <summary>Gives a leased slot no future: it closes when it comes back, or at the latest after <paramref name="grace"/>.</summary>
    public void Drain(Slot slot, TimeSpan grace, CloseReason reason)
    {
        if (slot.IsProbed)
        {
            Revoke(slot, reason);
            return;
        }

        var until = pool.Now + grace;
        slot.Deadline = slot.Deadline > pool.Now ? PoolTime.Earlier(slot.Deadline, until) : until;
        slot.State = SlotState.Draining;
        slot.Reason = reason;
    }

    /// <summary>Takes a leased slot away now. A page that was still on its way goes to nobody; its waiter keeps its place.</summary>
    public void Revoke(Slot slot, CloseReason reason)
    {
        End(slot);
        escalation.Close(slot, reason);
    }

    /// <summary>Ends a lease whose page is lost, and leaves the slot to the caller.</summary>
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

    /// <summary>Somebody does not want a page any more. Whose page is just being asked is not among those who wait.</summary>
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
        var asked = lease.Waiter.ArrivedAt;
        var warm = slot.Renders > 0;
        var boot = warm || slot.BootedAt <= asked ? TimeSpan.Zero : slot.BootedAt - (slot.BornAt > asked ? slot.BornAt : asked);
        slot.Op = Slot.NoOp;
        slot.Deadline = PoolTime.After(pool.Now, pool.Rules.HoldDeadline);
        pool.Do(new GrantLease(lease.Waiter.Id, lease.Id, slot.Id, warm, pool.Now - asked, boot));
    }

    private void Rest(Slot slot)
    {
        slot.State = SlotState.Idle;
        slot.Op = Slot.NoOp;
        slot.Deadline = PoolTime.After(pool.Now, pool.Rules.Options.IdleTimeout);
    }

    private CloseReason Reason(Slot slot, PageOutcome outcome, Generation generation) => (slot.State, outcome) switch
    {
        (_, PageOutcome.Crashed) => CloseReason.Crashed,
        (_, PageOutcome.Wedged) => CloseReason.Wedged,
        (SlotState.Draining, _) => slot.Reason,
        _ when generation.State != GenerationState.Up => CloseReason.GenerationRetired,
        _ when IsOverMemory(slot) => CloseReason.OverMemory,
        _ => CloseReason.Obsolete,
    };
}
