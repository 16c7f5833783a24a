namespace Fleet.Manager.Servers;

/// <summary>Learns what the fleet loses with an evicted page: how often its affinity is warm again soon. It watches the warm lists, so every manager learns the same.
/// Not thread-safe.</summary>
internal sealed class EvictionHistory
{
    /// <summary>Weight of one eviction in <see cref="ReuseChance"/>.</summary>
    private const double Weight = 1.0 / 256;

    private readonly Queue<(string Affinity, long Number)> _order = new();
    private readonly Dictionary<string, long> _evicted = [];
    private long _count;

    /// <summary>Chance that the affinity of an evicted page gets a page again before as many others are evicted as the fleet has slots, 0 to 1. Until evictions have been seen it is 1.</summary>
    public double ReuseChance { get; private set; } = 1;

    /// <summary>Records an affinity that lost its last page.</summary>
    /// <param name="affinity">The affinity.</param>
    /// <param name="slots">Number of slots of the fleet.</param>
    public void Evicted(string affinity, int slots)
    {
        _evicted[affinity] = ++_count;
        _order.Enqueue((affinity, _count));
        while (_order.Count > slots)
        {
            var (oldest, number) = _order.Dequeue();
            if (_evicted.TryGetValue(oldest, out var last) && last == number)
            {
                _evicted.Remove(oldest);
                Learn(0);
            }
        }
    }

    /// <summary>Records an affinity that has a page on a server that had none for it.</summary>
    public void Warmed(string affinity)
    {
        if (_evicted.Remove(affinity))
        {
            Learn(1);
        }
    }

    private void Learn(int reuse) => ReuseChance += (reuse - ReuseChance) * Weight;
}
