using System.Collections.Immutable;
using Fleet.Contracts;

namespace Fleet.PrerenderServer.HostShells;

/// <summary>The latest host shells that were current, so that a result can state the generation of the shell that rendered it.</summary>
internal sealed class KnownShells
{
    private const int MaxShells = 16;

    private ImmutableDictionary<string, long> _generations = ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>Adds a host shell. Called by one thread at a time.</summary>
    public void Add(HostShell shell)
    {
        var generations = _generations;
        if (generations.GetValueOrDefault(shell.Token) >= shell.Generation)
        {
            return;
        }

        generations = generations.SetItem(shell.Token, shell.Generation);
        Volatile.Write(ref _generations, generations.Count <= MaxShells ? generations : generations.Remove(generations.MinBy(g => g.Value).Key));
    }

    /// <summary>The highest generation under which a token was current; null for an unknown token.</summary>
    public long? GenerationOf(string token) => Volatile.Read(ref _generations).TryGetValue(token, out var generation) ? generation : null;
}
