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

/// <summary>One list of realms out of what several replicas announced.</summary>
internal static class RealmMerge
{
    /// <summary>Ordered by URL, each URL once. Where replicas disagree on a name the first by name wins, so that every reader sees the same.</summary>
    public static IReadOnlyList<RealmRecord> Merge(IEnumerable<IReadOnlyCollection<RealmRecord>> announced) =>
    [
        .. announced.SelectMany(realms => realms)
            .OrderBy(realm => realm.Url, StringComparer.Ordinal).ThenBy(realm => realm.Name, StringComparer.Ordinal)
            .DistinctBy(realm => realm.Url),
    ];
}
