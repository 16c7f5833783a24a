using Fleet.Contracts;

namespace Fleet.Registry.Realms;

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
