using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;
using Fleet.Registry.Storage;

namespace Fleet.RealmServer.Indexing;

/// <summary>The stored pages and screenshots of the indexed realms.</summary>
internal sealed partial class StoredPages(IPageStore store, IScreenshotStore screenshots, IStorageScopes scopes, ILogger<StoredPages> logger)
{
    /// <summary>Compares what is stored with the cards in the folders.</summary>
    public Task<StoredIndex> ReadAsync(SourceListing listing, CancellationToken cancellationToken) => StoredIndex.ReadAsync(store, listing, cancellationToken);

    /// <summary>Removes pages whose card is gone, with their screenshots.</summary>
    public async Task RemoveAsync(IReadOnlyList<RemovedPage> removed, CancellationToken cancellationToken)
    {
        foreach (var page in removed)
        {
            if (await store.RemoveAsync(page.Realm, page.Url, page.SourceVersion, cancellationToken))
            {
                await screenshots.RemoveAsync(page.Realm, page.Url, cancellationToken);
                LogRemoved(page.Url);
            }
        }
    }

    /// <summary>Removes at once what was stored while a realm was still public, since no key is required to read it.</summary>
    public async Task RemoveWithdrawnAsync(IEnumerable<string> withdrawn, CancellationToken cancellationToken)
    {
        foreach (var scope in withdrawn)
        {
            await scopes.RemoveAsync(scope, rounds: 0, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "Removed the page of {Url}: its card is gone.")]
    private partial void LogRemoved(string url);
}
