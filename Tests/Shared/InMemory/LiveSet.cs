using Fleet.Registry;
namespace Fleet.Tests.InMemory;

/// <summary>Entries that expire unless they are repeated. Not thread-safe: the owner synchronizes.</summary>
internal sealed class LiveSet<T>(TimeProvider timeProvider, TimeSpan timeToLive)
{
    private readonly Dictionary<string, (DateTimeOffset Seen, T Value)> _entries = [];

    public void Set(string key, T value) => _entries[key] = (RegistryClock.Now(timeProvider), value);

    public bool Remove(string key) => _entries.Remove(key);

    /// <summary>All stored entries, live or expired; as in Redis, only a listing removes expired ones.</summary>
    public bool TryGet(string key, out T? value)
    {
        var found = _entries.TryGetValue(key, out var entry);
        value = entry.Value;
        return found;
    }

    public IReadOnlyDictionary<string, (DateTimeOffset Seen, T Value)> Live()
    {
        var now = RegistryClock.Now(timeProvider);
        foreach (var (key, _) in _entries.Where(entry => !Freshness.IsLive(entry.Value.Seen, now, timeToLive)).ToList())
        {
            _entries.Remove(key);
        }

        return new Dictionary<string, (DateTimeOffset, T)>(_entries);
    }
}
