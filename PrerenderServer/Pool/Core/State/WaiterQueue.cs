namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>
/// Everybody who waits. Per depth a lane, in a lane one entry per affinity, in an entry its waiters in order: so an affinity that
/// may not have more pages is passed over in one step, however many wait for it.
/// </summary>
internal sealed class WaiterQueue(int maxDepth, AffinityTable affinities)
{
    private readonly IndexedHeap<AffinityLane, ByFirstWaiter>[] _lanes =
        [.. Enumerable.Range(0, maxDepth + 1).Select(_ => new IndexedHeap<AffinityLane, ByFirstWaiter>())];

    private readonly IndexedHeap<Waiter, ByDeadline> _deadlines = new();
    private readonly Dictionary<long, Waiter> _byId = [];
    private readonly HashSet<Waiter> _impatient = [];

    public int Count => _byId.Count;

    public IReadOnlyCollection<Waiter> All => _byId.Values;

    /// <summary>Those who accept nothing but the current host shell at once.</summary>
    public IReadOnlyCollection<Waiter> Impatient => _impatient;

    /// <summary>Whose deadline is next.</summary>
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
            _impatient.Add(waiter);
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
        _impatient.Remove(waiter);
        Affinities -= --waiter.Affinity.Waiting == 0 ? 1 : 0;
        affinities.Release(waiter.Affinity);
    }

    /// <summary>The affinity whose waiter is first at a depth.</summary>
    public AffinityLane? First(int depth) => _lanes[depth].First;

    /// <summary>Takes a waiter out of the order for the length of one walk.</summary>
    public void Detach(Waiter waiter)
    {
        var entry = waiter.Affinity.Lane(waiter.Depth);
        entry.Waiters.Remove(waiter);
        if (entry.Waiters.Count == 0)
        {
            _lanes[waiter.Depth].Remove(entry);
        }
        else
        {
            _lanes[waiter.Depth].Reorder(entry);
        }
    }

    /// <summary>Puts it back.</summary>
    public void Attach(Waiter waiter)
    {
        var entry = waiter.Affinity.Lane(waiter.Depth);
        entry.Waiters.Add(waiter);
        if (entry.LanePlace < 0)
        {
            _lanes[waiter.Depth].Add(entry);
        }
        else
        {
            _lanes[waiter.Depth].Reorder(entry);
        }
    }

    /// <summary>Takes all waiters of one affinity and depth out of the order for the length of one walk.</summary>
    public void Detach(AffinityLane entry, int depth) => _lanes[depth].Remove(entry);

    /// <summary>Puts them back.</summary>
    public void Attach(AffinityLane entry, int depth) => _lanes[depth].Add(entry);
}
