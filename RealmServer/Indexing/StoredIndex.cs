using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Indexing;

/// <summary>The stored pages of the indexed realms, compared with the cards in the folders.</summary>
/// <param name="listing">The cards in the folders.</param>
internal sealed class StoredIndex(SourceListing listing)
{
    // By PageSource.Key.
    private readonly Dictionary<string, (string Scope, string Url, PageVersion Version)> _pages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PageFacts> _facts = new(StringComparer.Ordinal);

    /// <summary>Facts of the stored pages, by <see cref="PageSource.Key"/>.</summary>
    public IReadOnlyDictionary<string, PageFacts> Facts => _facts;

    /// <summary>What each stored page was rendered from, by <see cref="PageSource.Key"/>.</summary>
    public IReadOnlyDictionary<string, RenderedFrom> Rendered =>
        _pages.ToDictionary(page => page.Key, page => new RenderedFrom(_facts.GetValueOrDefault(page.Key)?.Seen, page.Value.Version.Generation), StringComparer.Ordinal);

    /// <summary>Stored pages whose card is gone.</summary>
    public IReadOnlyList<RemovedPage> Removed
    {
        get
        {
            var existing = listing.Entries.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
            return [.. _pages.Where(page => !existing.Contains(page.Key)).Select(page => new RemovedPage(page.Value.Scope, page.Value.Url, page.Value.Version.SourceVersion))];
        }
    }

    public static async Task<StoredIndex> ReadAsync(IPageStore store, SourceListing listing, CancellationToken cancellationToken)
    {
        var stored = new StoredIndex(listing);
        foreach (var realm in listing.Realms)
        {
            foreach (var (url, version) in await store.GetVersionsAsync(realm, cancellationToken))
            {
                stored._pages[$"{realm} {url}"] = (realm, url, version);
            }

            foreach (var (url, known) in await store.GetFactsAsync(realm, cancellationToken))
            {
                stored._facts[$"{realm} {url}"] = known;
            }
        }

        return stored;
    }

    /// <summary>The fingerprint of what a page would be rendered from now, assuming that it reads what it read last.</summary>
    public DependencyFingerprint SeenNow(PageSource entry) => BasisOf(entry).FingerprintOf(entry, _facts.GetValueOrDefault(entry.Key)?.Deps ?? []);

    /// <summary>What is known of a page before it is rendered.</summary>
    public RenderBasis BasisOf(PageSource entry) => new(
        _pages.TryGetValue(entry.Key, out var page) ? page.Version.SourceVersion : null, _facts.GetValueOrDefault(entry.Key)?.Seen, url => listing.VersionOf(url));
}

/// <summary>A stored page whose card is gone.</summary>
internal sealed record RemovedPage(string Realm, string Url, long SourceVersion);
