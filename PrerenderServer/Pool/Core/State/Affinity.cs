namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>An affinity that holds slots or waits for some. Known only as long as it does.</summary>
internal sealed class Affinity(string key, int maxDepth)
{
    private readonly AffinityLane?[] _lanes = new AffinityLane?[maxDepth + 1];

    public string Key { get; } = key;

    /// <summary>Slots bound to it, in whatever state.</summary>
    public int Slots { get; set; }

    /// <summary>Root renders that hold a page of it.</summary>
    public int RootLeases { get; set; }

    /// <summary>Requests that wait for a page of it.</summary>
    public int Waiting { get; set; }

    /// <summary>Its slots that will serve it again shortly. Scratch of the capacity plan.</summary>
    public int Coming { get; set; }

    /// <summary>Whether the capacity plan has promised one of those to a waiter. Scratch of the capacity plan.</summary>
    public bool IsPromised { get; set; }

    /// <summary>Its root renders that the capacity plan has found a place for. Scratch of the capacity plan.</summary>
    public int PlannedRoots { get; set; }

    /// <summary>Its waiters of one depth.</summary>
    public AffinityLane Lane(int depth) => _lanes[depth] ??= new AffinityLane(this);

    /// <summary>Its first waiter of one depth; null when there is none.</summary>
    public Waiter? First(int depth) => _lanes[depth]?.Waiters.First;
}

/// <summary>The waiters of one affinity and depth, in order; a lane of the queue holds one such entry per affinity.</summary>
internal sealed class AffinityLane(Affinity affinity)
{
    /// <summary>Place in the lane of its depth.</summary>
    public int LanePlace = -1;

    public Affinity Affinity { get; } = affinity;

    public IndexedHeap<Waiter, ByRank> Waiters { get; } = new();
}

/// <summary>By the first waiter.</summary>
internal readonly struct ByFirstWaiter : IHeapOrder<AffinityLane>
{
    public static bool Before(AffinityLane a, AffinityLane b) => a.Waiters.First!.IsBefore(b.Waiters.First!);

    public static ref int Place(AffinityLane item) => ref item.LanePlace;
}
