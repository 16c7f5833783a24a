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

/// <summary>Stores which affinities have a page on which server. The heartbeat writes the set with its time to live, so it expires with the server.</summary>
public interface IWarmAffinities
{
    /// <summary>Replaces the set of an incarnation.</summary>
    Task ReplaceAsync(string incarnation, IReadOnlySet<string> affinities, CancellationToken cancellationToken);

    /// <summary>The sets of these incarnations, without those that have none or whose set expired.</summary>
    Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> GetAsync(
        IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken);
}
