using System.Collections.Immutable;
using Fleet.Contracts;

namespace Fleet.PrerenderServer.HostShells;

/// <summary>The latest shells that were current, so that a result of an older one can say how old it is.</summary>
internal sealed class KnownShells
{
    private const int Kept = 16;

    private ImmutableDictionary<string, long> _generations = ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>Takes note of one. Called by one thread at a time.</summary>
    public void Add(HostShell shell)
    {
        var generations = _generations;
        if (generations.GetValueOrDefault(shell.Token) >= shell.Generation)
        {
            return;
        }

        generations = generations.SetItem(shell.Token, shell.Generation);
        Volatile.Write(ref _generations, generations.Count <= Kept ? generations : generations.Remove(generations.MinBy(g => g.Value).Key));
    }

    /// <summary>The highest generation under which a token was current; null for one that is not known.</summary>
    public long? GenerationOf(string token) => Volatile.Read(ref _generations).TryGetValue(token, out var generation) ? generation : null;
}
