using Fleet.Contracts;

namespace Fleet.Registry.Realms;

/// <summary>Which realms there are, announced by the realm servers. A realm that nobody repeats is forgotten after <see cref="RegistryTtl.Realm"/>.</summary>
public interface IRealmDirectory
{
    /// <summary>Announces the realms of one realm-server replica, replacing what it announced before.</summary>
    Task AnnounceAsync(string instance, IReadOnlyCollection<RealmRecord> realms, CancellationToken cancellationToken);

    /// <summary>The live realms, ordered by URL, each once.</summary>
    Task<IReadOnlyList<RealmRecord>> ListAsync(CancellationToken cancellationToken);
}
