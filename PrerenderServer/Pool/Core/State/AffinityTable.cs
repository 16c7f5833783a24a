namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>The affinities that hold slots or have waiters, oldest first.</summary>
internal sealed class AffinityTable(int maxDepth)
{
    private readonly Dictionary<string, LinkedListNode<Affinity>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<Affinity> _inOrder = new();

    public IEnumerable<Affinity> InOrder => _inOrder;

    public int Count => _byKey.Count;

    public Affinity Get(string key)
    {
        if (!_byKey.TryGetValue(key, out var node))
        {
            _byKey.Add(key, node = _inOrder.AddLast(new Affinity(key, maxDepth)));
        }

        return node.Value;
    }

    /// <summary>Drops the affinity if it holds no slot and has no waiter.</summary>
    public void Release(Affinity affinity)
    {
        if (affinity is { Slots: 0, Waiting: 0 } && _byKey.Remove(affinity.Key, out var node))
        {
            _inOrder.Remove(node);
        }
    }
}
