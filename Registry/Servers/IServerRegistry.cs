using Fleet.Contracts;

namespace Fleet.Registry.Servers;

/// <summary>Which prerender servers live. A record is forgotten <see cref="RegistryTtl.Server"/> after its last heartbeat.</summary>
public interface IServerRegistry
{
    /// <summary>Writes a heartbeat. A version lower than the stored one of the same incarnation is ignored.</summary>
    Task AnnounceAsync(ServerRecord record, CancellationToken cancellationToken);

    /// <summary>Unregisters an incarnation and all that it registered.</summary>
    Task RemoveAsync(string incarnation, CancellationToken cancellationToken);

    /// <summary>The records of these incarnations; one that is not live is missing.</summary>
    Task<IReadOnlyList<ServerRecord>> GetAsync(IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken);

    /// <summary>The live servers, ordered by name.</summary>
    Task<IReadOnlyList<ServerRecord>> ListAsync(CancellationToken cancellationToken);
}

/// <summary>Which affinities have a page on which server. Written by the heartbeat, with its time to live: a dead server cannot stay warm.</summary>
public interface IWarmAffinities
{
    /// <summary>Replaces the list of an incarnation: affinity → last used.</summary>
    Task ReplaceAsync(string incarnation, IReadOnlyDictionary<string, DateTimeOffset> affinities, CancellationToken cancellationToken);

    /// <summary>The lists of the given incarnations; one that has none, or whose list expired, is missing.</summary>
    Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, DateTimeOffset>>> GetAsync(
        IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken);
}
