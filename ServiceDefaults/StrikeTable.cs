namespace Fleet.ServiceDefaults;

/// <summary>Records failures, so that what failed is not tried again for a while: a key with enough strikes is blocked until its last strike expires or its strikes are cleared. Thread-safe.</summary>
/// <param name="strikes">Strikes that block a key, at least 1.</param>
/// <param name="lifetime">How long a strike counts; read anew each time, since it is a setting. A further strike renews those before it.</param>
/// <param name="maxKeys">Maximum number of keys. When none of that many has expired, further keys get no strikes. Dropping a strike is safe; unbounded memory is not.</param>
/// <param name="timeProvider">The clock.</param>
public sealed class StrikeTable<TKey>(int strikes, Func<TimeSpan> lifetime, int maxKeys, TimeProvider timeProvider)
    where TKey : notnull
{
    private readonly Dictionary<TKey, Entry> _entries = [];
    private readonly Lock _gate = new();

    /// <summary>How long the key is still blocked; null when it may be tried.</summary>
    public TimeSpan? BlockedFor(TKey key)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(key, out var entry) && entry.Strikes >= strikes && Left(entry) is { Ticks: > 0 } left ? left : null;
        }
    }

    /// <summary>Adds a strike. Returns the number that count now; 0 when the table is full.</summary>
    public int Strike(TKey key)
    {
        lock (_gate)
        {
            var isKnown = _entries.TryGetValue(key, out var entry);
            if (!isKnown && _entries.Count >= maxKeys && !TryPrune())
            {
                return 0;
            }

            var count = (isKnown && Left(entry) > TimeSpan.Zero ? entry.Strikes : 0) + 1;
            _entries[key] = new(count, timeProvider.GetTimestamp());
            return count;
        }
    }

    /// <summary>Clears the strikes of a key.</summary>
    public void Clear(TKey key)
    {
        lock (_gate)
        {
            _entries.Remove(key);
        }
    }

    /// <summary>Clears all strikes.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    private bool TryPrune()
    {
        foreach (var expired in _entries.Where(entry => Left(entry.Value) <= TimeSpan.Zero).Select(entry => entry.Key).ToList())
        {
            _entries.Remove(expired);
        }

        return _entries.Count < maxKeys;
    }

    private TimeSpan Left(Entry entry) => lifetime() - timeProvider.GetElapsedTime(entry.At);

    private readonly record struct Entry(int Strikes, long At);
}
