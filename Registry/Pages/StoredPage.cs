using Fleet.Contracts;

namespace Fleet.Registry.Pages;

/// <summary>A rendered page as the registry stores it.</summary>
public sealed record StoredPage
{
    /// <summary>The scope that the page is stored under; see <see cref="Storage.IStorageScopes"/>.</summary>
    public required string Realm { get; init; }

    /// <summary>URL of the page; the key within the realm.</summary>
    public required string Url { get; init; }

    /// <summary>The page's own HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Where the page redirects to, if the status is a redirect.</summary>
    public string? RedirectUrl { get; init; }

    /// <summary>Response headers that the page requests and that are sent with it; null when there are none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Whether the page asks search engines not to list it.</summary>
    public bool IsNoIndex { get; init; }

    /// <summary>Whether the page was captured before it had settled, so that content may be missing.</summary>
    public bool IsCapped { get; init; }

    /// <summary>Rendered text by format.</summary>
    public required IReadOnlyDictionary<RenderFormat, string> Formats { get; init; }

    /// <summary>The host's search document and types, as JSON text.</summary>
    public string? Data { get; init; }

    /// <summary>URLs that the render read; a change of one of them makes the page outdated.</summary>
    public IReadOnlyList<string> Deps { get; init; } = [];

    /// <summary>What the page was rendered from; null for a page of an older version that did not record it. Such a page is rendered again.</summary>
    public DependencyFingerprint? Seen { get; init; }

    /// <summary>Version of the rendered source. It orders the renders of a page: a render of a different source than the stored page has a higher version.</summary>
    public required long SourceVersion { get; init; }

    /// <summary>Generation of the host shell that rendered the page.</summary>
    public required long Generation { get; init; }

    /// <summary>Token of the host shell that rendered the page.</summary>
    public required string ShellToken { get; init; }

    /// <summary>When the page was rendered: the end of the render.</summary>
    public required DateTimeOffset RenderedAt { get; init; }

    /// <summary>When the render began, so that the page shows no content older than that; null for a page of an older version that did not record it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The screenshot of the page; null when there is none.</summary>
    public PageScreenshot? Screenshot { get; init; }

    /// <summary>Entity tag, unquoted. It changes with <see cref="Formats"/> and <see cref="Status"/>.</summary>
    public required string ETag { get; init; }
}

/// <summary>The screenshot of a page, for link previews.</summary>
/// <param name="Url">Its URL.</param>
/// <param name="Tag">A tag that changes with its bytes.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record PageScreenshot(string Url, string Tag, int Width, int Height);

/// <summary>A page exceeds the registry's size limit. Rendering it again does not help.</summary>
public sealed class PageTooLargeException(string url, long bytes, long maxBytes)
    : Exception($"The page {url} has {bytes} bytes as JSON; the registry stores at most {maxBytes} bytes per page.");

/// <summary>Serializes pages and enforces the size limit.</summary>
internal static class StoredPageJson
{
    /// <summary>Maximum size of one page, all formats together: 8 MiB. Copying a larger value would block a single-threaded Redis for every other caller.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <exception cref="PageTooLargeException">The page is larger than <see cref="MaxBytes"/>.</exception>
    public static byte[] Write(StoredPage page)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(page.SourceVersion, "StoredPage.SourceVersion");
        ArgumentOutOfRangeException.ThrowIfNegative(page.Generation, "StoredPage.Generation");
        var bytes = RegistryJson.WriteBytes(page);
        return bytes.Length <= MaxBytes ? bytes : throw new PageTooLargeException(page.Url, bytes.Length, MaxBytes);
    }
}

/// <summary>The versions of a page's sources before the render began; the render may or may not have read later changes. Compared for equality only, because
/// versions can go back: a file restored from a backup is older than the file it replaces, and a deleted file has no version.</summary>
/// <param name="Card">Version of the page's own card; 0 for a page without a card.</param>
/// <param name="Deps">Digest of the URLs that the page read and their versions; null when one of the versions was not known before the render.</param>
public sealed record DependencyFingerprint(long Card, string? Deps);
