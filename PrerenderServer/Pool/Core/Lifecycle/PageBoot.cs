using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool.Core.Lifecycle;

/// <summary>Boots pages: in a new context, or in place of an old document. Limits concurrent creations, and pauses creations after a failure.</summary>
internal sealed class PageBoot(PoolState pool, CloseEscalation escalation)
{
    /// <summary>Creates a slot if fewer than <paramref name="limit"/> exist, a browser is up, and neither a pause nor the limit on creations forbids it.
    /// The page of an <paramref name="isEmpty">empty</paramref> slot does not boot the host app.</summary>
    public bool TryCreate(int limit, bool isEmpty = false)
    {
        if (pool.CurrentGeneration() is not { } generation ||
            pool.Now < generation.CreateFrom ||
            pool.Taken() >= limit ||
            pool.Count(SlotState.Creating) >= pool.Rules.Options.CreationsAtOnce)
        {
            return false;
        }

        var slot = pool.AddSlot(generation);
        slot.IsEmpty = isEmpty;
        Begin(slot);
        pool.Do(new CreateSlot(slot.Id, slot.Op, slot.Generation, isEmpty));
        return true;
    }

    /// <summary>Boots a new document in the context of a slot whose document is unusable.</summary>
    public void ReplacePage(Slot slot) => ReplacePage(slot, keepsDocument: false);

    /// <summary>Boots a new document in the context of a slot whose document is stale. If the boot fails, the slot keeps the old document.</summary>
    public void Reload(Slot slot) => ReplacePage(slot, keepsDocument: true);

    /// <summary>A page has booted. A page whose browser is no longer up is closed. A page that loaded another shell is available until
    /// <see cref="ShellReload"/> reloads it.</summary>
    public void Booted(PageBooted booted)
    {
        if (Find(booted.Slot, booted.Op) is not { } slot)
        {
            return;
        }

        var generation = pool.FindGeneration(slot.Generation)!;
        if (!(slot is { State: SlotState.Creating, IsEmpty: true }))
        {
            (generation.BootFailures, generation.CreateFrom) = (0, TimeSpan.Zero);
        }

        if (slot.State == SlotState.Creating)
        {
            var took = pool.Now - slot.BornAt;
            pool.RecentBoot = pool.RecentBoot == TimeSpan.Zero ? took : pool.RecentBoot * 0.8 + took * 0.2;
            pool.BootedAt = slot.BootedAt = pool.Now;
        }

        slot.Op = Slot.NoOp;
        if (slot is { State: SlotState.Creating, IsEmpty: true })
        {
            // It has loaded no shell, so none that is stale. It shows nothing about the host app either.
            slot.ShellToken = slot.BootsFor;
        }
        else
        {
            slot.IsEmpty = false;
            pool.Problem = null;
            slot.ShellToken = booted.ShellToken;
            pool.Shell.Booted(booted.ShellToken, slot.BootsFor, pool.Now);
        }

        if (generation.State != GenerationState.Up)
        {
            escalation.Close(slot, CloseReason.GenerationRetired);
            return;
        }

        MakeAvailable(slot);
    }

    /// <summary>A page did not boot. Its slot uses memory until it is closed; waiters keep waiting. A page that was being reloaded keeps its
    /// document: while the host is unreachable, a stale page is better than none.</summary>
    public void Failed(BootFailed failed)
    {
        if (Find(failed.Slot, failed.Op) is not { } slot)
        {
            return;
        }

        pool.Problem = failed.Why;
        if (slot is { State: SlotState.Rebooting, KeepsDocument: true } && pool.FindGeneration(slot.Generation) is { State: GenerationState.Up })
        {
            slot.Op = Slot.NoOp;
            pool.Shell.NotBooted(slot.BootsFor, pool.Now);
            MakeAvailable(slot);
            return;
        }

        Fail(slot, CloseReason.BootFailed);
    }

    /// <summary>A page did not boot before its deadline.</summary>
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
        slot.Change(SlotTrigger.Replaced);
        slot.KeepsDocument = keepsDocument;
        Begin(slot);
        pool.Do(new ReplacePage(slot.Id, slot.Op));
    }

    private void MakeAvailable(Slot slot)
    {
        slot.Change(slot.Affinity is null ? SlotTrigger.BootedUnbound : SlotTrigger.BootedBound);
        slot.MaxIdle = null;
        slot.Deadline = PoolTime.After(pool.Now, pool.Rules.Options.IdleTimeout);
    }

    private void Begin(Slot slot)
    {
        slot.BootsFor = pool.Shell.Token;
        slot.Op = pool.NextOp();
        slot.Deadline = pool.Now + pool.Rules.Options.BootDeadline;
    }

    private Slot? Find(long slot, long op) =>
        pool.Find(slot, op, SlotState.Creating) ?? pool.Find(slot, op, SlotState.Rebooting);
}
