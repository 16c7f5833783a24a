using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Lifecycle;

/// <summary>Taking slots out of use. What is at rest closes now, what is lent when it comes back.</summary>
internal sealed class Retirement(PoolState pool, Leases leases, CloseEscalation escalation)
{
    /// <summary>Retires one slot, whatever it is doing. A boot under way is left alone: what it brings is judged when it returns.</summary>
    public void Retire(Slot slot, TimeSpan grace, CloseReason reason)
    {
        switch (slot.State)
        {
            case SlotState.Standby or SlotState.Idle or SlotState.Repaging:
                escalation.Close(slot, reason);
                break;
            case SlotState.Leased or SlotState.Draining:
                leases.Drain(slot, grace, reason);
                break;
        }
    }

    /// <summary>Retires what an affinity has. Its waiters stay, and get a new slot.</summary>
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

    /// <summary>A renderer crashed: the slot closes, and who uses it hears of it now rather than at its own deadline.</summary>
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

    /// <summary>Notes what the slots take. Idle ones that take too much close now, lent ones when they come back.</summary>
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

    /// <summary>Nobody used the slot for a long time. The standbys that the pool always keeps stay.</summary>
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
