using Fleet.Contracts;

namespace Fleet.Registry.Realms;

/// <summary>Stores the realms that realm servers announce. A realm that is not announced again expires after <see cref="RegistryTtl.Realm"/>.</summary>
public interface IRealmDirectory
{
    /// <summary>Announces the realms of one realm-server replica, replacing its earlier announcement.</summary>
    Task AnnounceAsync(string instance, IReadOnlyCollection<RealmRecord> realms, CancellationToken cancellationToken);

    /// <summary>The live realms, ordered by URL, each once.</summary>
    Task<IReadOnlyList<RealmRecord>> ListAsync(CancellationToken cancellationToken);
}

/// <summary>Merges the announcements of several replicas.</summary>
internal static class RealmMerge
{
    /// <summary>The realms ordered by URL, each URL once. If replicas disagree on a name, the first in ordinal order wins, so that every reader sees the same.</summary>
    public static IReadOnlyList<RealmRecord> Merge(IEnumerable<IReadOnlyCollection<RealmRecord>> announced) =>
    [
        .. announced.SelectMany(realms => realms)
            .OrderBy(realm => realm.Url, StringComparer.Ordinal).ThenBy(realm => realm.Name, StringComparer.Ordinal)
            .DistinctBy(realm => realm.Url),
    ];
}
