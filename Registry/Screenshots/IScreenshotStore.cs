namespace Fleet.Registry.Screenshots;

/// <summary>Screenshots of pages, beside the pages: a page is read with every visit, its screenshot seldom.</summary>
public interface IScreenshotStore
{
    /// <summary>The screenshot of a page; null when there is none. One read.</summary>
    Task<StoredScreenshot?> GetAsync(string realm, string url, CancellationToken cancellationToken);

    /// <summary>What is known of a page's screenshot; null when there is none.</summary>
    Task<ScreenshotFacts?> GetFactsAsync(string realm, string url, CancellationToken cancellationToken);

    /// <summary>What is known of every screenshot of a realm, by the page's URL.</summary>
    Task<IReadOnlyDictionary<string, ScreenshotFacts>> GetFactsAsync(string realm, CancellationToken cancellationToken);

    /// <summary>Stores a screenshot in place of an earlier one. False when the realm's screenshots would take more than <paramref name="maxBytes"/> together.</summary>
    Task<bool> StoreAsync(StoredScreenshot screenshot, long maxBytes, CancellationToken cancellationToken);

    /// <summary>Forgets the screenshot of a page.</summary>
    Task RemoveAsync(string realm, string url, CancellationToken cancellationToken);
}

/// <summary>What is known of a stored screenshot without reading it.</summary>
/// <param name="Tag">Changes with the screenshot's bytes: 16 lower-case hex digits.</param>
/// <param name="Look">The look of the page that it was taken of.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record ScreenshotFacts(string Tag, string Look, int Width, int Height);

/// <summary>A screenshot of a page as it is kept: JPEG.</summary>
/// <param name="Realm">What the page is kept under.</param>
/// <param name="Url">URL of the page; the key within the realm.</param>
/// <param name="Facts">What is known of it.</param>
/// <param name="Bytes">The file.</param>
public sealed record StoredScreenshot(string Realm, string Url, ScreenshotFacts Facts, byte[] Bytes);
