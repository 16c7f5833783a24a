using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Index;

/// <summary>What is stored of the realms that are indexed.</summary>
/// <param name="Versions">Version of each page, by URL.</param>
/// <param name="Facts">What is known of each page, by URL.</param>
/// <param name="RealmOf">The realm that a page is kept in, by URL.</param>
internal sealed record StoredIndex(
    IReadOnlyDictionary<string, PageVersion> Versions, IReadOnlyDictionary<string, PageFacts> Facts, IReadOnlyDictionary<string, string> RealmOf)
{
    public static async Task<StoredIndex> ReadAsync(IPageStore store, IEnumerable<string> realms, CancellationToken cancellationToken)
    {
        var versions = new Dictionary<string, PageVersion>(StringComparer.Ordinal);
        var facts = new Dictionary<string, PageFacts>(StringComparer.Ordinal);
        var realmOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var realm in realms)
        {
            foreach (var (url, version) in await store.GetVersionsAsync(realm, cancellationToken))
            {
                (versions[url], realmOf[url]) = (version, realm);
            }

            foreach (var (url, known) in await store.GetFactsAsync(realm, cancellationToken))
            {
                facts[url] = known;
            }
        }

        return new(versions, facts, realmOf);
    }

    /// <summary>Pages whose card is gone.</summary>
    public IReadOnlyList<RemovedPage> Without(IReadOnlyList<PageSource> entries)
    {
        var there = entries.Select(entry => entry.Url).ToHashSet(StringComparer.Ordinal);
        return [.. Versions.Where(page => !there.Contains(page.Key)).Select(page => new RemovedPage(RealmOf[page.Key], page.Key, page.Value.SourceVersion))];
    }
}

/// <summary>A stored page whose card is gone.</summary>
internal sealed record RemovedPage(string Realm, string Url, long SourceVersion);
