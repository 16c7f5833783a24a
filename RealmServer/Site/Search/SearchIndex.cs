using System.Collections.Concurrent;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Site.Search;

/// <summary>Searches the stored pages of realms. A search reloads a realm's documents if the realm's stored pages have changed.</summary>
internal sealed class SearchIndex(PublicAddress address, IPageStore store, TimeProvider timeProvider) : IDisposable
{
    /// <summary>How long loaded documents are used before the store is checked for changes: 1 s. A running index changes pages all the time.</summary>
    private static readonly TimeSpan s_recheckInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Loaded> _realms = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _loadLock = new(1, 1);

    /// <summary>Finds pages, best first.</summary>
    /// <param name="query">Words, separated by spaces.</param>
    /// <param name="realms">The realms to search; the caller must be allowed to read them.</param>
    /// <param name="limit">Maximum number of results.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public async Task<SearchAnswer> FindAsync(string query, IEnumerable<Realm> realms, int limit, CancellationToken cancellationToken)
    {
        var words = SearchDocument.Fold(query).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToList();
        var found = new List<(double Score, SearchDocument Document)>();
        foreach (var each in realms)
        {
            found.AddRange(
                from document in await DocumentsAsync(each, cancellationToken)
                let score = document.Score(words)
                where score > 0
                select (score, document));
        }

        var best = found.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Document.Url, StringComparer.Ordinal).Take(limit);
        return new(query, found.Count, [.. best.Select(hit => new SearchHit(hit.Document.Url, hit.Document.Title, hit.Document.Description, hit.Document.Realm))]);
    }

    public void Dispose() => _loadLock.Dispose();

    private async Task<IReadOnlyList<SearchDocument>> DocumentsAsync(Realm from, CancellationToken cancellationToken)
    {
        var realm = PageSource.StorageScope(from, address);
        if (_realms.TryGetValue(realm, out var loaded) && timeProvider.GetElapsedTime(loaded.CheckedAt) < s_recheckInterval)
        {
            return loaded.Documents;
        }

        await _loadLock.WaitAsync(cancellationToken);
        try
        {
            if (_realms.TryGetValue(realm, out loaded) && timeProvider.GetElapsedTime(loaded.CheckedAt) < s_recheckInterval)
            {
                return loaded.Documents;
            }

            var changes = (await store.GetTotalsAsync(realm, cancellationToken)).Changes;
            var documents = loaded is not null && loaded.Changes == changes ? loaded.Documents : await ReadAsync(realm, address.UrlOf(from.Path), cancellationToken);
            _realms[realm] = new(documents, changes, timeProvider.GetTimestamp());
            return documents;
        }
        catch (RegistryUnavailableException) when (loaded is not null)
        {
            return loaded.Documents;
        }
        finally
        {
            _loadLock.Release();
        }
    }

    private async Task<IReadOnlyList<SearchDocument>> ReadAsync(string realm, string url, CancellationToken cancellationToken) =>
    [
        .. (await store.GetFactsAsync(realm, cancellationToken))
            .Where(page => page.Value.Status == StatusCodes.Status200OK)
            .Select(page => SearchDocument.Read(page.Key, url, page.Value.Data))
            .OfType<SearchDocument>(),
    ];

    private sealed record Loaded(IReadOnlyList<SearchDocument> Documents, long Changes, long CheckedAt);
}

/// <summary>Body of <c>GET /_search</c>.</summary>
/// <param name="Query">The query of the request.</param>
/// <param name="Total">Number of pages that match.</param>
/// <param name="Results">The best matches, best first.</param>
internal sealed record SearchAnswer(string Query, int Total, IReadOnlyList<SearchHit> Results);

/// <summary>A page that matches.</summary>
/// <param name="Url">URL of the page.</param>
/// <param name="Title">Title of the page.</param>
/// <param name="Description">Description of the page; may be empty.</param>
/// <param name="Realm">URL of the page's realm.</param>
internal sealed record SearchHit(string Url, string Title, string Description, string Realm);
