using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Indexing;

/// <summary>The stored pages of the indexed realms, compared with the cards in the folders.</summary>
/// <param name="listing">The cards in the folders.</param>
internal sealed class StoredIndex(SourceListing listing)
{
    private readonly Dictionary<string, (string Realm, PageVersion Version)> _pages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PageFacts> _facts = new(StringComparer.Ordinal);

    /// <summary>Facts of the stored pages, by URL.</summary>
    public IReadOnlyDictionary<string, PageFacts> Facts => _facts;

    /// <summary>What each stored page was rendered from, by URL.</summary>
    public IReadOnlyDictionary<string, RenderedFrom> Rendered =>
        _pages.ToDictionary(page => page.Key, page => new RenderedFrom(_facts.GetValueOrDefault(page.Key)?.Seen, page.Value.Version.Generation), StringComparer.Ordinal);

    /// <summary>Stored pages whose card is gone.</summary>
    public IReadOnlyList<RemovedPage> Removed
    {
        get
        {
            var existing = listing.Entries.Select(entry => entry.Url).ToHashSet(StringComparer.Ordinal);
            return [.. _pages.Where(page => !existing.Contains(page.Key)).Select(page => new RemovedPage(page.Value.Realm, page.Key, page.Value.Version.SourceVersion))];
        }
    }

    public static async Task<StoredIndex> ReadAsync(IPageStore store, SourceListing listing, CancellationToken cancellationToken)
    {
        var stored = new StoredIndex(listing);
        foreach (var realm in listing.Realms)
        {
            foreach (var (url, version) in await store.GetVersionsAsync(realm, cancellationToken))
            {
                stored._pages[url] = (realm, version);
            }

            foreach (var (url, known) in await store.GetFactsAsync(realm, cancellationToken))
            {
                stored._facts[url] = known;
            }
        }

        return stored;
    }

    /// <summary>The fingerprint of what a page would be rendered from now, assuming that it reads what it read last.</summary>
    public DependencyFingerprint SeenNow(PageSource entry) => BasisOf(entry).FingerprintOf(entry, _facts.GetValueOrDefault(entry.Url)?.Deps ?? []);

    /// <summary>What is known of a page before it is rendered.</summary>
    public RenderBasis BasisOf(PageSource entry) => new(
        _pages.TryGetValue(entry.Url, out var page) ? page.Version.SourceVersion : null, _facts.GetValueOrDefault(entry.Url)?.Seen, url => listing.VersionOf(url));
}

/// <summary>A stored page whose card is gone.</summary>
internal sealed record RemovedPage(string Realm, string Url, long SourceVersion);
