namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>
/// All waiters: a heap per depth, with one lane per affinity, which holds its waiters in order. An affinity at its limit is therefore
/// skipped in one step, however many waiters it has.
/// </summary>
internal sealed class WaiterQueue(int maxDepth, AffinityTable affinities)
{
    private readonly IndexedHeap<AffinityLane, ByFirstWaiter>[] _lanes =
        [.. Enumerable.Range(0, maxDepth + 1).Select(_ => new IndexedHeap<AffinityLane, ByFirstWaiter>())];

    private readonly IndexedHeap<Waiter, ByDeadline> _deadlines = new();
    private readonly Dictionary<long, Waiter> _byId = [];
    private readonly HashSet<Waiter> _freshOrFail = [];

    public int Count => _byId.Count;

    public IReadOnlyCollection<Waiter> All => _byId.Values;

    /// <summary>Waiters that require the current host shell at once.</summary>
    public IReadOnlyCollection<Waiter> FreshOrFail => _freshOrFail;

    /// <summary>The waiter whose deadline is next; null when the queue is empty.</summary>
    public Waiter? NextToExpire => _deadlines.First;

    public int Affinities { get; private set; }

    public Waiter? Find(long id) => _byId.GetValueOrDefault(id);

    /// <summary>Adds a waiter, or puts one back at its old place.</summary>
    public void Add(Waiter waiter)
    {
        _byId.Add(waiter.Id, waiter);
        _deadlines.Add(waiter);
        if (waiter.Request.Accept == Contracts.ShellAcceptance.FreshOrFail)
        {
            _freshOrFail.Add(waiter);
        }

        Affinities += waiter.Affinity.Waiting++ == 0 ? 1 : 0;
        Attach(waiter);
    }

    public void Remove(Waiter waiter)
    {
        if (waiter.OrderPlace >= 0)
        {
            Detach(waiter);
        }

        _byId.Remove(waiter.Id);
        _deadlines.Remove(waiter);
        _freshOrFail.Remove(waiter);
        Affinities -= --waiter.Affinity.Waiting == 0 ? 1 : 0;
        affinities.Release(waiter.Affinity);
    }

    /// <summary>The lane whose waiter is first at a depth; null when there is none.</summary>
    public AffinityLane? First(int depth) => _lanes[depth].First;

    /// <summary>Takes a waiter out of the order for one pass of the dispatcher.</summary>
    public void Detach(Waiter waiter)
    {
        var lane = waiter.Affinity.Lane(waiter.Depth);
        lane.Waiters.Remove(waiter);
        if (lane.Waiters.Count == 0)
        {
            _lanes[waiter.Depth].Remove(lane);
        }
        else
        {
            _lanes[waiter.Depth].Reorder(lane);
        }
    }

    /// <summary>Puts the waiter back.</summary>
    public void Attach(Waiter waiter)
    {
        var lane = waiter.Affinity.Lane(waiter.Depth);
        lane.Waiters.Add(waiter);
        if (lane.LanePlace < 0)
        {
            _lanes[waiter.Depth].Add(lane);
        }
        else
        {
            _lanes[waiter.Depth].Reorder(lane);
        }
    }

    /// <summary>Takes a lane out of the order for one pass of the dispatcher.</summary>
    public void Detach(AffinityLane lane, int depth) => _lanes[depth].Remove(lane);

    /// <summary>Puts the lane back.</summary>
    public void Attach(AffinityLane lane, int depth) => _lanes[depth].Add(lane);
}
