namespace Fleet.Registry.Servers;

/// <summary>Which affinities have a page on which server. Written by the heartbeat, with its time to live: a dead server cannot stay warm.</summary>
public interface IWarmAffinities
{
    /// <summary>Replaces the list of an incarnation: affinity → last used.</summary>
    Task ReplaceAsync(string incarnation, IReadOnlyDictionary<string, DateTimeOffset> affinities, CancellationToken cancellationToken);

    /// <summary>The lists of the given incarnations; one that has none, or whose list expired, is missing.</summary>
    Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, DateTimeOffset>>> GetAsync(
        IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken);
}
