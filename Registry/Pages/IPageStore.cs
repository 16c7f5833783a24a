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

/// <summary>The stored pages of a realm in numbers.</summary>
/// <param name="Pages">How many.</param>
/// <param name="Bytes">Their size as JSON.</param>
/// <param name="Changes">Grows with every page that is stored or removed: whoever has read at this number need not read again.</param>
public readonly record struct PageTotals(long Pages, long Bytes, long Changes);

/// <summary>What orders two renders of one page: a newer source wins, then a newer shell. Equal replaces, so a repeat is harmless.</summary>
/// <param name="SourceVersion">Version of the source.</param>
/// <param name="Generation">Generation of the host shell.</param>
public readonly record struct PageVersion(long SourceVersion, long Generation)
{
    /// <summary>Whether this version may overwrite <paramref name="stored"/>.</summary>
    public bool MayReplace(PageVersion? stored) => stored is not { } old || (SourceVersion, Generation).CompareTo((old.SourceVersion, old.Generation)) >= 0;
}

/// <summary>What became of a page that was to be stored.</summary>
public enum StoreResult
{
    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>A newer one is, and stays.</summary>
    Outdated,

    /// <summary>There is no room for it.</summary>
    Full,
}
