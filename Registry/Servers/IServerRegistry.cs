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
