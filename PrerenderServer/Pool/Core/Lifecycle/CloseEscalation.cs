using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Lifecycle;

/// <summary>
/// Closes slots independently of leasing: only a waiter that needs the memory waits for a close, and the memory counts until it is free.
/// Each stage has a deadline and is followed by a harsher one. The last kills the process, so capacity always returns.
/// </summary>
internal sealed class CloseEscalation(PoolState pool)
{
    /// <summary>Begins to close a slot that is not leased.</summary>
    public void Close(Slot slot, CloseReason reason)
    {
        Enter(slot, reason);
        Begin(slot, CloseStage.Terminate);
    }

    /// <summary>Marks a slot as closing because its process is being killed. Starts no stage of its own.</summary>
    public void CloseWithProcess(Slot slot, CloseReason reason)
    {
        if (slot.State != SlotState.Closing)
        {
            Enter(slot, reason);
        }

        slot.Stage = CloseStage.Kill;
        slot.Deadline = TimeSpan.MaxValue;
    }

    /// <summary>The deadline of the stage passed: begins the next one.</summary>
    public void Overdue(Slot slot) => Begin(slot, slot.Stage + 1);

    /// <summary>The stage ended, but the context may still exist: begins the next one.</summary>
    public void StageEnded(CloseStageEnded ended)
    {
        if (pool.Find(ended.Slot, ended.Op, SlotState.Closing) is { } slot && slot.Stage == ended.Stage)
        {
            Begin(slot, slot.Stage + 1);
        }
    }

    /// <summary>The browser confirmed the close.</summary>
    public void Closed(SlotClosed closed)
    {
        if (pool.Find(closed.Slot, closed.Op, SlotState.Closing) is { } slot)
        {
            Forget(slot);
        }
    }

    /// <summary>Removes the slot; its memory is free.</summary>
    public void Forget(Slot slot)
    {
        pool.RemoveSlot(slot);
        pool.Do(new ForgetSlot(slot.Id, slot.Reason, slot.Stage));
    }

    private void Enter(Slot slot, CloseReason reason)
    {
        if (slot.Lease is not null)
        {
            throw new InvalidOperationException($"Slot {slot.Id} cannot be closed for {reason}: it is {slot.State} and its lease is {slot.Lease?.Id}.");
        }

        slot.Change(SlotTrigger.Closed);
        slot.Reason = reason;
        slot.Op = pool.NextOp();
    }

    // The kill stage issues no effect here: Browsers.Settle finds a slot in that stage and kills the whole generation.
    private void Begin(Slot slot, CloseStage stage)
    {
        slot.Stage = stage;
        if (stage == CloseStage.Kill)
        {
            slot.Deadline = TimeSpan.MaxValue;
            return;
        }

        slot.Deadline = PoolTime.After(pool.Now, pool.Rules.CloseDeadline(stage));
        pool.Do(new CloseSlot(slot.Id, slot.Op, stage));
    }
}
