using System.Collections.Concurrent;

namespace Fleet.Registry;

/// <summary>Tells the first occurrence of a name from the further ones, for warnings about what is read every few seconds. Thread-safe. After 1,000 names it knows no further ones.</summary>
internal sealed class FirstOccurrence
{
    private const int MaxNames = 1_000;

    private readonly ConcurrentDictionary<string, bool> _names = new();

    /// <summary>Whether this is the first call with the name.</summary>
    public bool Is(string name) => _names.Count < MaxNames && _names.TryAdd(name, true);
}
