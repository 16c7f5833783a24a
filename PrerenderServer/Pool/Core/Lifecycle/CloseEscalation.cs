using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Lifecycle;

/// <summary>
/// Closing, apart from leasing: nobody waits for a close who does not need its memory, and the memory counts until it is really free.
/// Each stage has a deadline and is followed by a harsher one; the last ends the process, so capacity always returns.
/// </summary>
internal sealed class CloseEscalation(PoolState pool)
{
    /// <summary>Begins to close a slot that nobody has.</summary>
    public void Close(Slot slot, CloseReason reason)
    {
        Enter(slot, reason);
        Begin(slot, CloseStage.Terminate);
    }

    /// <summary>Counts a slot as closing whose process is being killed: nothing is left to ask of it.</summary>
    public void CloseWithProcess(Slot slot, CloseReason reason)
    {
        if (slot.State != SlotState.Closing)
        {
            Enter(slot, reason);
        }

        slot.Stage = CloseStage.Kill;
        slot.Deadline = TimeSpan.MaxValue;
    }

    /// <summary>The deadline of the stage has passed.</summary>
    public void Overdue(Slot slot) => Begin(slot, slot.Stage + 1);

    /// <summary>The stage ended and the context may still be there.</summary>
    public void StageEnded(CloseStageEnded ended)
    {
        if (pool.Find(ended.Slot, ended.Op, SlotState.Closing) is { } slot && slot.Stage == ended.Stage)
        {
            Begin(slot, slot.Stage + 1);
        }
    }

    /// <summary>The browser confirmed it.</summary>
    public void Closed(SlotClosed closed)
    {
        if (pool.Find(closed.Slot, closed.Op, SlotState.Closing) is { } slot)
        {
            Forget(slot);
        }
    }

    /// <summary>The slot's memory is free.</summary>
    public void Forget(Slot slot)
    {
        pool.RemoveSlot(slot);
        pool.Do(new ForgetSlot(slot.Id, slot.Reason, slot.Stage));
    }

    private void Enter(Slot slot, CloseReason reason)
    {
        if (slot.Lease is not null || slot.State == SlotState.Closing)
        {
            throw new InvalidOperationException($"Slot {slot.Id} cannot be closed for {reason}: it is {slot.State} and its lease is {slot.Lease?.Id}.");
        }

        slot.State = SlotState.Closing;
        slot.Reason = reason;
        slot.Op = pool.NextOp();
    }

    // The kill stage is not begun here: the generation notices a slot that needs it and ends as a whole.
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
