namespace Fleet.Registry.Pages;

/// <summary>Stores rendered pages. A stored page is replaced only by a newer good one and never expires. Every change sends a
/// <see cref="Events.FleetEventKind.Pages"/> change notification with the page's URL.</summary>
public interface IPageStore
{
    /// <summary>The stored page; null when there is none. Takes one call to Redis.</summary>
    Task<StoredPage?> GetAsync(string realm, string url, CancellationToken cancellationToken);

    /// <summary>Stores a page unless one of a higher <see cref="PageVersion"/> is stored or the realm is full.</summary>
    Task<StoreResult> StoreAsync(StoredPage page, PageBounds bounds, CancellationToken cancellationToken);

    /// <summary>Version of every stored page of a realm, by URL.</summary>
    Task<IReadOnlyDictionary<string, PageVersion>> GetVersionsAsync(string realm, CancellationToken cancellationToken);

    /// <summary>Metadata of every stored page of a realm, by URL.</summary>
    Task<IReadOnlyDictionary<string, PageFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken);

    /// <summary>Number and size of a realm's stored pages.</summary>
    Task<PageTotals> GetTotalsAsync(string realm, CancellationToken cancellationToken);

    /// <summary>Records that a page was used, so that <see cref="WhenFull.RemoveOldest"/> removes it later. Ignored when it is not stored.</summary>
    Task TouchAsync(string realm, string url, CancellationToken cancellationToken);

    /// <summary>When the page was stored or used last (<see cref="TouchAsync"/>); null when it is not stored.</summary>
    Task<DateTimeOffset?> GetLastUseAsync(string realm, string url, CancellationToken cancellationToken);

    /// <summary>Removes a page whose source was deleted. Ignored when <paramref name="sourceVersion"/> is lower than the stored one. True when it was removed.</summary>
    Task<bool> RemoveAsync(string realm, string url, long sourceVersion, CancellationToken cancellationToken);
}

/// <summary>Totals of a realm's stored pages.</summary>
/// <param name="Pages">Number of pages.</param>
/// <param name="Bytes">Total size as JSON, in bytes.</param>
/// <param name="Changes">Grows with every page that is stored or removed. A reader need not read again while it stays the same.</param>
public readonly record struct PageTotals(long Pages, long Bytes, long Changes);

/// <summary>Orders the renders of a page: first by source version, then by shell generation. An equal version replaces, so a repeated store is harmless.</summary>
/// <param name="SourceVersion">Version of the source.</param>
/// <param name="Generation">Generation of the host shell.</param>
public readonly record struct PageVersion(long SourceVersion, long Generation);

/// <summary>The result of storing a page.</summary>
public enum StoreResult
{
    /// <summary>The page is stored.</summary>
    Stored,

    /// <summary>A newer page is already stored.</summary>
    Outdated,

    /// <summary>The limits leave no room for the page.</summary>
    Full,
}
