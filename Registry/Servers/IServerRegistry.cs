using Fleet.Contracts;

namespace Fleet.Registry.Servers;

/// <summary>Stores the live prerender servers. A record expires <see cref="RegistryTtl.Server"/> after its last heartbeat.</summary>
public interface IServerRegistry
{
    /// <summary>Writes a heartbeat. A version lower than the stored one of the same incarnation is ignored.</summary>
    Task AnnounceAsync(ServerRecord record, CancellationToken cancellationToken);

    /// <summary>Unregisters an incarnation and removes everything that it registered.</summary>
    Task RemoveAsync(string incarnation, CancellationToken cancellationToken);

    /// <summary>The records of these incarnations, without those that are not live.</summary>
    Task<IReadOnlyList<ServerRecord>> GetAsync(IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken);

    /// <summary>The live servers, ordered by name.</summary>
    Task<IReadOnlyList<ServerRecord>> ListAsync(CancellationToken cancellationToken);
}

/// <summary>Stores which affinities have a page on which server. The heartbeat writes the list with its time to live, so it expires with the server.</summary>
public interface IWarmAffinities
{
    /// <summary>Replaces the list of an incarnation: affinities and the time of their last use.</summary>
    Task ReplaceAsync(string incarnation, IReadOnlyDictionary<string, DateTimeOffset> affinities, CancellationToken cancellationToken);

    /// <summary>The lists of these incarnations, without those that have none or whose list expired.</summary>
    Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, DateTimeOffset>>> GetAsync(
        IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken);
}
