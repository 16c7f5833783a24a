using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Fleet.RealmServer.Caching;

/// <summary>A least-recently-used cache that is bounded by bytes. Reads take no lock.</summary>
/// <param name="maxBytes">Maximum size of all entries in bytes.</param>
/// <param name="sizeOf">Gets the size of a value in bytes.</param>
internal sealed class BoundedCache<TValue>(long maxBytes, Func<TValue, long> sizeOf)
    where TValue : class
{
    /// <summary>Approximate overhead of an entry in bytes: key, node, references.</summary>
    private const long EntryOverhead = 300;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _trimLock = new();
    private long _clock;
    private long _bytes;

    public bool TryGet(string key, [NotNullWhen(true)] out TValue? value)
    {
        value = null;
        if (!_entries.TryGetValue(key, out var entry))
        {
            return false;
        }

        // Written once per tick of the clock, so that readers of a hot entry do not contend on its cache line.
        var now = Volatile.Read(ref _clock);
        if (entry.UsedAt != now)
        {
            entry.UsedAt = now;
        }

        value = entry.Value;
        return true;
    }

    public void Set(string key, TValue value)
    {
        _entries[key] = new(value) { UsedAt = Interlocked.Increment(ref _clock) };
        // Replaced and removed values are not subtracted. Trim recounts when the total reaches the bound.
        if (Interlocked.Add(ref _bytes, EntryOverhead + sizeOf(value)) > maxBytes)
        {
            Trim();
        }
    }

    public void Remove(string key) => _entries.TryRemove(key, out _);

    public void Clear() => _entries.Clear();

    /// <summary>Evicts down to nine tenths of the bound, so that not every new value triggers a trim.</summary>
    private void Trim()
    {
        lock (_trimLock)
        {
            var entries = _entries.ToArray();
            var bytes = entries.Sum(entry => EntryOverhead + sizeOf(entry.Value.Value));
            if (bytes > maxBytes)
            {
                foreach (var (key, entry) in entries.OrderBy(entry => entry.Value.UsedAt).TakeWhile(_ => bytes > maxBytes / 10 * 9))
                {
                    if (_entries.TryRemove(new(key, entry)))
                    {
                        bytes -= EntryOverhead + sizeOf(entry.Value);
                    }
                }
            }

            Volatile.Write(ref _bytes, bytes);
        }
    }

    private sealed class Entry(TValue value)
    {
        private long _usedAt;

        public TValue Value => value;

        public long UsedAt
        {
            get => Volatile.Read(ref _usedAt);
            set => Volatile.Write(ref _usedAt, value);
        }
    }
}
