namespace Fleet.Registry.Pages;

/// <summary>Rendered pages, last known good by construction: only a newer good page replaces one. Pages have no time to live.
/// Every change is followed by a <see cref="Events.FleetEventKind.Pages"/> hint with the page's URL.</summary>
public interface IPageStore
{
    /// <summary>The stored page; null when there is none. One read.</summary>
    Task<StoredPage?> GetAsync(string realm, string url, CancellationToken cancellationToken);

    /// <summary>Stores a page unless a newer one is stored (<see cref="PageVersion.MayReplace"/>) or the realm is full.</summary>
    Task<StoreResult> StoreAsync(StoredPage page, PageBounds bounds, CancellationToken cancellationToken);

    /// <summary>Stores a page, whatever room it takes, unless a newer one is stored. True when it was stored.</summary>
    async Task<bool> TryStoreAsync(StoredPage page, CancellationToken cancellationToken) =>
        await StoreAsync(page, PageBounds.None, cancellationToken) == StoreResult.Stored;

    /// <summary>Version of every stored page of a realm, by URL.</summary>
    Task<IReadOnlyDictionary<string, PageVersion>> GetVersionsAsync(string realm, CancellationToken cancellationToken);

    /// <summary>What is known of every stored page of a realm, by URL.</summary>
    Task<IReadOnlyDictionary<string, PageFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken);

    /// <summary>How much is stored of a realm.</summary>
    Task<PageTotals> GetTotalsAsync(string realm, CancellationToken cancellationToken);

    /// <summary>Forgets a page whose source is gone. A version lower than the stored one is ignored. True when it was removed.</summary>
    Task<bool> RemoveAsync(string realm, string url, long sourceVersion, CancellationToken cancellationToken);
}
