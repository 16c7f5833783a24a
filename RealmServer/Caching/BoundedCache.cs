using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Fleet.RealmServer.Caching;

/// <summary>Keeps what was used lately, within a number of bytes. Reading takes no lock.</summary>
/// <param name="maxBytes">Most bytes of all values together.</param>
/// <param name="sizeOf">Bytes of a value.</param>
internal sealed class BoundedCache<TValue>(long maxBytes, Func<TValue, long> sizeOf)
    where TValue : class
{
    /// <summary>What an entry costs beside its value, roughly: key, node, links.</summary>
    private const long PerEntry = 300;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _trimming = new();
    private long _clock;
    private long _bytes;

    public bool TryGet(string key, [NotNullWhen(true)] out TValue? value)
    {
        value = null;
        if (!_entries.TryGetValue(key, out var entry))
        {
            return false;
        }

        // Once per change of the clock is enough, so that a hot entry is not written by every reader.
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
        // What was replaced is not subtracted; the count is made good when it reaches the bound.
        if (Interlocked.Add(ref _bytes, PerEntry + sizeOf(value)) > maxBytes)
        {
            Trim();
        }
    }

    public void Remove(string key) => _entries.TryRemove(key, out _);

    public void Clear() => _entries.Clear();

    /// <summary>Makes room: down to nine tenths, so that it is not done for every new value.</summary>
    private void Trim()
    {
        lock (_trimming)
        {
            var entries = _entries.ToArray();
            var bytes = entries.Sum(entry => PerEntry + sizeOf(entry.Value.Value));
            if (bytes > maxBytes)
            {
                foreach (var (key, entry) in entries.OrderBy(entry => entry.Value.UsedAt).TakeWhile(_ => bytes > maxBytes / 10 * 9))
                {
                    if (_entries.TryRemove(new(key, entry)))
                    {
                        bytes -= PerEntry + sizeOf(entry.Value);
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
