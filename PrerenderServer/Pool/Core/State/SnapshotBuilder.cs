namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>Builds immutable snapshots of the pool.</summary>
internal static class SnapshotBuilder
{
    public static PoolSnapshot Build(PoolState pool, WaiterQueue queue)
    {
        var slots = new SlotSnapshot[pool.Slots.Count];
        var states = new Dictionary<SlotState, int>();
        var (stale, behind) = (0, 0);
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = Describe(pool, pool.Slots[i]);
            stale += slots[i].Current == false ? 1 : 0;
            behind += slots[i] is { Current: false, State: not (SlotState.Draining or SlotState.Closing) } ? 1 : 0;
            states[slots[i].State] = states.GetValueOrDefault(slots[i].State) + 1;
        }

        var capacity = pool.Rules.Options.Slots;
        var totals = new PoolTotals
        {
            Capacity = capacity,
            Free = states.GetValueOrDefault(SlotState.Idle) + states.GetValueOrDefault(SlotState.Standby) + Math.Max(0, capacity - pool.Taken()),
            Waiting = queue.Count,
            WaitingAffinities = queue.Affinities,
            States = states,
            Generation = pool.CurrentGeneration()?.Number,
            MemoryBytes = pool.Generations.Sum(g => g.MemoryBytes),
            RecentBoot = pool.RecentBoot,
            BootAge = pool.Now - pool.BootedAt,
            ShellToken = pool.Shell.Token,
            ShellGeneration = pool.Shell.Generation,
            ShellIsUnstable = pool.Shell.IsUnstable,
            Stale = stale,
            Behind = behind,
            Problem = pool.Problem,
            Stopping = pool.Stopping,
        };
        return new PoolSnapshot(pool.Version, slots, Affinities(pool), totals);
    }

    private static SlotSnapshot Describe(PoolState pool, Slot slot) => new(
        slot.Id,
        slot.Generation,
        slot.State,
        slot.Affinity?.Key,
        pool.Now - slot.BornAt,
        slot.Renders,
        slot.ShellToken,
        pool.Shell.Token is null || slot.State == SlotState.Creating ? null : pool.Shell.IsCurrent(slot.ShellToken),
        slot.MemoryBytes);

    private static List<AffinitySnapshot> Affinities(PoolState pool)
    {
        var list = new List<AffinitySnapshot>();
        foreach (var slot in pool.Slots)
        {
            if (slot.Affinity is { } affinity && !list.Exists(a => a.Affinity == affinity.Key))
            {
                list.Add(new(affinity.Key, Warm(pool, affinity), affinity.Waiting));
            }
        }

        var room = PoolSnapshot.MaxWaitingAffinities;
        foreach (var affinity in pool.Affinities.InOrder)
        {
            if (affinity.Slots == 0 && room-- > 0)
            {
                list.Add(new(affinity.Key, 0, affinity.Waiting));
            }

            if (room <= 0)
            {
                break;
            }
        }

        return list;
    }

    private static int Warm(PoolState pool, Affinity affinity)
    {
        var warm = 0;
        foreach (var slot in pool.Slots)
        {
            warm += slot.Affinity == affinity && pool.Rules.IsWarm(slot.State) ? 1 : 0;
        }

        return warm;
    }
}
