namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>An affinity that holds slots or has waiters. It is dropped as soon as it has neither.</summary>
internal sealed class Affinity(string key, int maxDepth)
{
    private readonly AffinityLane?[] _lanes = new AffinityLane?[maxDepth + 1];

    public string Key { get; } = key;

    /// <summary>Slots bound to it, in any state.</summary>
    public int Slots { get; set; }

    /// <summary>Root renders that hold one of its pages.</summary>
    public int RootLeases { get; set; }

    /// <summary>Requests that wait for one of its pages.</summary>
    public int Waiting { get; set; }

    /// <summary>Its slots that will be usable again soon. Scratch field of the capacity plan.</summary>
    public int Coming { get; set; }

    /// <summary>Whether the capacity plan has promised one of those to a waiter. Scratch field of the capacity plan.</summary>
    public bool IsPromised { get; set; }

    /// <summary>Its root renders that the capacity plan has planned. Scratch field of the capacity plan.</summary>
    public int PlannedRoots { get; set; }

    /// <summary>Its waiters at one depth.</summary>
    public AffinityLane Lane(int depth) => _lanes[depth] ??= new AffinityLane(this);

    /// <summary>Its first waiter at one depth; null when there is none.</summary>
    public Waiter? First(int depth) => _lanes[depth]?.Waiters.First;
}

/// <summary>The waiters of one affinity at one depth, in order. The queue's heap for that depth holds one lane per affinity.</summary>
internal sealed class AffinityLane(Affinity affinity)
{
    /// <summary>Place in the queue's heap of its depth; negative while it is not in it.</summary>
    public int LanePlace = -1;

    public Affinity Affinity { get; } = affinity;

    public IndexedHeap<Waiter, ByRank> Waiters { get; } = new();
}

/// <summary>Orders lanes by their first waiter.</summary>
internal readonly struct ByFirstWaiter : IHeapOrder<AffinityLane>
{
    public static bool Before(AffinityLane a, AffinityLane b) => a.Waiters.First!.IsBefore(b.Waiters.First!);

    public static ref int Place(AffinityLane item) => ref item.LanePlace;
}
