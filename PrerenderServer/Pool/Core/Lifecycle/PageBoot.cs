using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Lifecycle;

/// <summary>Pages that boot: in a new context, or in place of an old document. How many at a time is bounded, failures are followed by a pause.</summary>
internal sealed class PageBoot(PoolState pool, CloseEscalation escalation)
{
    /// <summary>Begins a slot if there is room for it below <paramref name="limit"/> and a browser to make it in.</summary>
    public bool TryCreate(int limit)
    {
        if (pool.CurrentGeneration() is not { } generation ||
            pool.Now < generation.CreateFrom ||
            pool.Taken() >= limit ||
            pool.Count(SlotState.Creating) >= pool.Rules.Options.CreationsAtOnce)
        {
            return false;
        }

        var slot = pool.AddSlot(generation);
        Begin(slot);
        pool.Do(new CreateSlot(slot.Id, slot.Op, slot.Generation));
        return true;
    }

    /// <summary>Begins a new document in a slot's context, whose old one is good for nothing.</summary>
    public void ReplacePage(Slot slot) => ReplacePage(slot, keepsDocument: false);

    /// <summary>Begins a new document in a slot's context, whose old one loaded another shell. If the new one does not come, the slot is not lost.</summary>
    public void Reload(Slot slot) => ReplacePage(slot, keepsDocument: true);

    /// <summary>A page is up. Recycling is this: what comes back is judged by the generation stamped on it at birth and by the shell it
    /// loaded. A page of an old browser is closed; one that still loaded another shell rests until the shell rule reloads it.</summary>
    public void Booted(PageBooted booted)
    {
        if (Find(booted.Slot, booted.Op) is not { } slot)
        {
            return;
        }

        var generation = pool.FindGeneration(slot.Generation)!;
        (generation.BootFailures, generation.CreateFrom) = (0, TimeSpan.Zero);
        if (slot.State == SlotState.Creating)
        {
            var took = pool.Now - slot.BornAt;
            pool.RecentBoot = pool.RecentBoot == TimeSpan.Zero ? took : pool.RecentBoot * 0.8 + took * 0.2;
            slot.BootedAt = pool.Now;
        }

        pool.Problem = null;
        slot.ShellToken = booted.ShellToken;
        slot.Op = Slot.NoOp;
        pool.Shell.Booted(booted.ShellToken, slot.BootsFor, pool.Now);
        if (generation.State != GenerationState.Up)
        {
            escalation.Close(slot, CloseReason.GenerationRetired);
            return;
        }

        Rest(slot);
    }

    /// <summary>A page did not come up. What is half made takes memory until it is closed; nobody who waits hears of it. A page that was to be
    /// reloaded stays as it is: while the host is away, an old page is better than none.</summary>
    public void Failed(BootFailed failed)
    {
        if (Find(failed.Slot, failed.Op) is not { } slot)
        {
            return;
        }

        pool.Problem = failed.Why;
        if (slot is { State: SlotState.Repaging, KeepsDocument: true } && pool.FindGeneration(slot.Generation) is { State: GenerationState.Up })
        {
            slot.Op = Slot.NoOp;
            pool.Shell.NotBooted(slot.BootsFor, pool.Now);
            Rest(slot);
            return;
        }

        Fail(slot, CloseReason.BootFailed);
    }

    /// <summary>A page did not come up in time.</summary>
    public void Overdue(Slot slot)
    {
        pool.Problem = $"A page did not boot within {pool.Rules.Options.BootDeadline.TotalSeconds:0.#} s. The setting is Browser:BootTimeout.";
        Fail(slot, CloseReason.BootOverdue);
    }

    private void Fail(Slot slot, CloseReason reason)
    {
        var generation = pool.FindGeneration(slot.Generation)!;
        generation.CreateFrom = pool.Now + pool.Rules.BackOff(++generation.BootFailures);
        escalation.Close(slot, reason);
    }

    private void ReplacePage(Slot slot, bool keepsDocument)
    {
        slot.State = SlotState.Repaging;
        slot.KeepsDocument = keepsDocument;
        Begin(slot);
        pool.Do(new RepageSlot(slot.Id, slot.Op));
    }

    private void Rest(Slot slot)
    {
        slot.State = slot.Affinity is null ? SlotState.Standby : SlotState.Idle;
        slot.Deadline = PoolTime.After(pool.Now, pool.Rules.Options.IdleTimeout);
    }

    private void Begin(Slot slot)
    {
        slot.BootsFor = pool.Shell.Token;
        slot.Op = pool.NextOp();
        slot.Deadline = pool.Now + pool.Rules.Options.BootDeadline;
    }

    private Slot? Find(long slot, long op) =>
        pool.Find(slot, op, SlotState.Creating) ?? pool.Find(slot, op, SlotState.Repaging);
}
