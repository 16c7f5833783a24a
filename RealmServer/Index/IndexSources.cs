using Fleet.RealmServer.Realms;
using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Index;

/// <summary>All cards of all realms that are indexed, and all that is wrong with the folders. Used by one caller at a time.</summary>
internal sealed class IndexSources(RealmCatalog catalog, PublicAddress address, TimeProvider timeProvider)
{
    private Dictionary<string, (long Written, long Version)> _seen = new(StringComparer.Ordinal);

    /// <summary>Reads the folders.</summary>
    /// <returns>The cards; what is wrong; what the pages of the realms whose folders could be read are kept under; and under what those of private
    /// realms were kept, had they been public once.</returns>
    public (IReadOnlyList<PageSource> Entries, IReadOnlyList<RealmProblem> Problems, IReadOnlyList<string> Realms, IReadOnlyList<string> Withdrawn) Read()
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
                    select PageSource.OfCard(realm, id, written.Value, address));
                realms.Add(PageSource.KeptUnder(realm, address));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add(new(realm.Id, e.Message) { Realm = realm });
            }
        }

        return (Versioned(entries), problems, realms, [.. set.ById.Values.Where(realm => realm.IsPrivate).Select(realm => address.UrlOf(realm.Path))]);
    }

    // A file that is put back from a copy comes with its old time, yet is newer than what it replaces.
    private List<PageSource> Versioned(List<PageSource> entries)
    {
        var seen = new Dictionary<string, (long Written, long Version)>(entries.Count, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var written = entry.Version;
            seen[entry.Url] = !_seen.TryGetValue(entry.Url, out var known) || written > known.Version ? (written, written)
                : written == known.Written ? known
                : (written, Math.Max(known.Version + 1, timeProvider.GetUtcNow().UtcTicks));
        }

        _seen = seen;
        return [.. entries.Select(entry => entry with { Version = seen[entry.Url].Version })];
    }
}
