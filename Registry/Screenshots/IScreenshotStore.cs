namespace Fleet.Registry.Screenshots;

/// <summary>Stores screenshots of pages, separately from the pages: a page is read on every request, its screenshot rarely.</summary>
public interface IScreenshotStore
{
    /// <summary>The screenshot of a page; null when there is none.</summary>
    Task<StoredScreenshot?> GetAsync(string realm, string url, CancellationToken cancellationToken);

    /// <summary>Metadata of a page's screenshot; null when there is none.</summary>
    Task<ScreenshotFacts?> GetFactsAsync(string realm, string url, CancellationToken cancellationToken);

    /// <summary>Metadata of every screenshot of a realm, by the page's URL.</summary>
    Task<IReadOnlyDictionary<string, ScreenshotFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken);

    /// <summary>Stores a screenshot, replacing an earlier one. False when the realm's screenshots would exceed <paramref name="maxBytes"/> in total.</summary>
    Task<bool> StoreAsync(StoredScreenshot screenshot, long maxBytes, CancellationToken cancellationToken);

    /// <summary>Removes the screenshot of a page.</summary>
    Task RemoveAsync(string realm, string url, CancellationToken cancellationToken);
}

/// <summary>Metadata of a stored screenshot.</summary>
/// <param name="Tag">A tag that changes with the screenshot's bytes: 16 lower-case hex digits.</param>
/// <param name="Look">The <see cref="Pages.PageFacts.Look"/> of the page when the screenshot was taken.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record ScreenshotFacts(string Tag, string Look, int Width, int Height);

/// <summary>A stored screenshot of a page, as JPEG.</summary>
/// <param name="Realm">The scope that the page is stored under.</param>
/// <param name="Url">URL of the page; the key within the realm.</param>
/// <param name="Facts">The metadata.</param>
/// <param name="Bytes">The file.</param>
public sealed record StoredScreenshot(string Realm, string Url, ScreenshotFacts Facts, byte[] Bytes);
