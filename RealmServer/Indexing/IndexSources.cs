using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Indexing;

/// <summary>Lists the cards of all realms and the problems in their folders.</summary>
internal sealed class IndexSources(RealmCatalog catalog, PublicAddress address, PageRenditions renditions)
{
    /// <summary>Reads the folders.</summary>
    public SourceListing Read()
    {
        catalog.Refresh();
        var set = catalog.Current;
        var entries = new List<PageSource>();
        var problems = new List<RealmProblem>(set.Problems);
        var realms = new List<string>();
        foreach (var realm in set.ById.Values.OrderBy(realm => realm.Id, StringComparer.Ordinal))
        {
            try
            {
                var (ids, misnamed) = CardFiles.List(realm);
                problems.AddRange(misnamed);
                entries.AddRange(
                    from id in ids
                    let written = CardFiles.VersionOf(realm, id)
                    where written is not null
                    from entry in renditions.Of(PageSource.OfCard(realm, id, written.Value, address))
                    select entry);
                realms.AddRange(renditions.ScopesOf(PageSource.StorageScope(realm, address)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add(new(realm.Id, e.Message) { Realm = realm });
            }
        }

        var versions = entries.Select(entry => (entry.Url, entry.Version)).Concat(set.Versions.Select(source => (Url: address.UrlOf(source.Key), Version: source.Value)));
        return new(
            entries,
            versions.DistinctBy(source => source.Url, StringComparer.Ordinal).ToDictionary(source => source.Url, source => source.Version, StringComparer.Ordinal),
            problems,
            realms,
            [.. set.ById.Values.Where(realm => realm.IsPrivate).SelectMany(realm => renditions.ScopesOf(address.UrlOf(realm.Path)))]);
    }
}
