using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Lifecycle;

/// <summary>Takes slots out of use. A standby or idle slot closes now, a leased slot on release.</summary>
internal sealed class Retirement(PoolState pool, Leases leases, CloseEscalation escalation)
{
    /// <summary>Retires one slot in any state. A slot that is being created is left alone: its generation is checked when its boot completes.</summary>
    public void Retire(Slot slot, TimeSpan grace, CloseReason reason)
    {
        switch (slot.State)
        {
            case SlotState.Standby or SlotState.Idle or SlotState.Rebooting:
                escalation.Close(slot, reason);
                break;
            case SlotState.Leased or SlotState.Draining:
                leases.Drain(slot, grace, reason);
                break;
        }
    }

    /// <summary>Retires the slots of an affinity. Its waiters stay and get a new slot.</summary>
    public void Dispose(AffinityDisposed disposed)
    {
        foreach (var slot in pool.Slots)
        {
            if (slot.Affinity?.Key != disposed.Affinity)
            {
                continue;
            }

            if (disposed.Revoke && slot.State is SlotState.Leased or SlotState.Draining)
            {
                leases.Revoke(slot, CloseReason.Disposed);
            }
            else
            {
                Retire(slot, pool.Rules.Options.DrainDeadline, CloseReason.Disposed);
            }
        }
    }

    /// <summary>A renderer crashed: closes the slot and revokes its lease at once, so that the render does not wait for its own deadline.</summary>
    public void Crashed(SlotCrashed crashed)
    {
        switch (pool.Find(crashed.Slot))
        {
            case { State: SlotState.Leased or SlotState.Draining } slot:
                leases.Revoke(slot, CloseReason.Crashed);
                break;
            case { State: not SlotState.Closing } slot:
                escalation.Close(slot, CloseReason.Crashed);
                break;
        }
    }

    /// <summary>Records the memory of the slots. Standby and idle slots that use too much close now, leased slots on release.</summary>
    public void Measured(MemoryMeasured measured)
    {
        if (pool.FindGeneration(measured.Generation) is not { } generation)
        {
            return;
        }

        generation.MemoryBytes = measured.TotalBytes;
        foreach (var (number, bytes) in measured.SlotBytes)
        {
            if (pool.Find(number) is { } slot)
            {
                slot.MemoryBytes = bytes;
                if (slot.State is SlotState.Idle or SlotState.Standby && leases.IsOverMemory(slot))
                {
                    escalation.Close(slot, CloseReason.OverMemory);
                }
            }
        }
    }

    /// <summary>A slot was idle for too long: closes it, except the last <see cref="PoolOptions.MinStandby"/> standbys.</summary>
    public void IdleTooLong(Slot slot)
    {
        if (slot.State == SlotState.Idle || pool.Count(SlotState.Standby) > pool.Rules.Options.MinStandby)
        {
            escalation.Close(slot, CloseReason.IdleTooLong);
        }
        else
        {
            slot.Deadline = PoolTime.After(pool.Now, pool.Rules.Options.IdleTimeout);
        }
    }
}
