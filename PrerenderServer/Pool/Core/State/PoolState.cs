namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>The state of the pool, shared by all parts of the core. One event at a time changes it.</summary>
internal sealed class PoolState(PoolRules rules)
{
    private readonly Dictionary<long, Slot> _byId = [];
    private readonly Dictionary<long, Slot> _byLease = [];
    private readonly List<Slot> _slots = [];
    private readonly List<PoolEffect> _effects = [];
    private long _lastSlot;
    private long _lastOp;
    private long _lastLease;

    public PoolRules Rules { get; } = rules;

    public AffinityTable Affinities { get; } = new(rules.Options.MaxDepth);

    public PoolShell Shell { get; } = new(rules);

    public AdmissionPolicy AdmissionPolicy { get; } = new(rules);

    /// <summary>The browser processes, oldest first.</summary>
    public List<Generation> Generations { get; } = [];

    /// <summary>The time of the event being applied.</summary>
    public TimeSpan Now { get; set; }

    public long Version { get; set; }

    /// <summary>Whether the pool is stopping and rejects requests.</summary>
    public bool Stopping { get; set; }

    /// <summary>Why the last launch or boot failed; null once a page boots.</summary>
    public string? Problem { get; set; }

    /// <summary>Moving average of the boot time of a page.</summary>
    public TimeSpan RecentBoot { get; set; }

    /// <summary>When the last page booted in a new slot; null before the first.</summary>
    public TimeSpan? BootedAt { get; set; }

    /// <summary>All slots, oldest first.</summary>
    public IReadOnlyList<Slot> Slots => _slots;

    /// <summary>Effects of the event being applied so far, in order.</summary>
    public IReadOnlyList<PoolEffect> Effects => _effects;

    public Slot? Find(long slot) => _byId.GetValueOrDefault(slot);

    public Slot? FindByLease(long lease) => _byLease.GetValueOrDefault(lease);

    /// <summary>The slot if the completion belongs to its current operation; null if the completion is late.</summary>
    public Slot? Find(long slot, long op, SlotState state) =>
        Find(slot) is { } found && found.State == state && Rules.IsCurrent(found, op) ? found : null;

    public int Count(SlotState state)
    {
        var count = 0;
        foreach (var slot in _slots)
        {
            count += slot.State == state ? 1 : 0;
        }

        return count;
    }

    /// <summary>Number of slots that use memory.</summary>
    public int Taken()
    {
        var count = 0;
        foreach (var slot in _slots)
        {
            count += Rules.TakesMemory(slot.State) ? 1 : 0;
        }

        return count;
    }

    public long NextOp() => ++_lastOp;

    public void Do(PoolEffect effect) => _effects.Add(effect);

    public void ClearEffects() => _effects.Clear();

    public Slot AddSlot(Generation generation)
    {
        var slot = new Slot(++_lastSlot, generation.Number, Now);
        generation.Slots++;
        _slots.Add(slot);
        _byId.Add(slot.Id, slot);
        return slot;
    }

    public void RemoveSlot(Slot slot)
    {
        _slots.Remove(slot);
        _byId.Remove(slot.Id);
        if (FindGeneration(slot.Generation) is { } generation)
        {
            generation.Slots--;
        }

        if (slot.Affinity is { } affinity)
        {
            affinity.Slots--;
            Affinities.Release(affinity);
        }
    }

    public Lease AddLease(Slot slot, Waiter waiter)
    {
        var lease = new Lease(++_lastLease, waiter, isHighRoot: AdmissionPolicy.Take(waiter, Now));
        slot.Lease = lease;
        _byLease.Add(lease.Id, slot);
        return lease;
    }

    public Lease RemoveLease(Slot slot)
    {
        var lease = slot.Lease!;
        slot.Lease = null;
        _byLease.Remove(lease.Id);
        AdmissionPolicy.GiveBack(lease.Waiter, lease.IsHighRoot);
        return lease;
    }

    public Generation? FindGeneration(int number)
    {
        foreach (var generation in Generations)
        {
            if (generation.Number == number)
            {
                return generation;
            }
        }

        return null;
    }

    /// <summary>The browser process in which new slots are created: the newest that is up. Null when none is.</summary>
    public Generation? CurrentGeneration()
    {
        for (var i = Generations.Count - 1; i >= 0; i--)
        {
            if (Generations[i].State == GenerationState.Up)
            {
                return Generations[i];
            }
        }

        return null;
    }
}
