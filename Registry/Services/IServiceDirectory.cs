using Fleet.Contracts;

namespace Fleet.Registry.Services;

/// <summary>Stores the live managers and realm servers. A service that does not announce itself again expires after <see cref="RegistryTtl.Service"/>.</summary>
public interface IServiceDirectory
{
    /// <summary>Announces a service, replacing its earlier announcement.</summary>
    Task AnnounceAsync(ServiceRecord record, CancellationToken cancellationToken);

    /// <summary>Removes a service that stops.</summary>
    Task RemoveAsync(string name, CancellationToken cancellationToken);

    /// <summary>The live services, ordered by kind and name.</summary>
    Task<IReadOnlyList<ServiceRecord>> ListAsync(CancellationToken cancellationToken);
}
