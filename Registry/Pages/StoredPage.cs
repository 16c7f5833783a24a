using Fleet.Contracts;

namespace Fleet.Registry.Pages;

/// <summary>A page as it was rendered and kept.</summary>
public sealed record StoredPage
{
    /// <summary>URL of the realm that it belongs to.</summary>
    public required string Realm { get; init; }

    /// <summary>URL of the page; the key within the realm.</summary>
    public required string Url { get; init; }

    /// <summary>The page's own HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Where the page redirects to, when the status says so.</summary>
    public string? RedirectUrl { get; init; }

    /// <summary>Rendered text by format.</summary>
    public required IReadOnlyDictionary<RenderFormat, string> Formats { get; init; }

    /// <summary>The host's search document and types, as JSON text.</summary>
    public string? Data { get; init; }

    /// <summary>What the render read; a change of one of them makes the page old.</summary>
    public IReadOnlyList<string> Deps { get; init; } = [];

    /// <summary>What it was rendered from; null for a page of a time at which that was not kept. Such a page is rendered again.</summary>
    public DependencyFingerprint? Seen { get; init; }

    /// <summary>Version of the source that was rendered. Orders the renders of one page: one that saw another source than the stored page has a higher
    /// one.</summary>
    public required long SourceVersion { get; init; }

    /// <summary>Generation of the host shell that rendered it.</summary>
    public required long Generation { get; init; }

    /// <summary>Token of the host shell that rendered it.</summary>
    public required string ShellToken { get; init; }

    /// <summary>When it was rendered.</summary>
    public required DateTimeOffset RenderedAt { get; init; }

    /// <summary>The screenshot that there is of it; null when there is none.</summary>
    public PageScreenshot? Screenshot { get; init; }

    /// <summary>Changes with the content of <see cref="Formats"/> and <see cref="Status"/>; unquoted.</summary>
    public required string ETag { get; init; }
}

/// <summary>The screenshot that there is of a page, for previews of links to it.</summary>
/// <param name="Url">Where it is.</param>
/// <param name="Tag">Changes with its bytes.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record PageScreenshot(string Url, string Tag, int Width, int Height);

/// <summary>A page is larger than the registry keeps. It is a verdict on the page: a repeat will not help.</summary>
public sealed class PageTooLargeException(string url, long bytes, long maxBytes)
    : Exception($"The page {url} takes {bytes} bytes as JSON; the registry keeps at most {maxBytes} bytes of a page.");

/// <summary>A page as bytes, within bounds.</summary>
internal static class StoredPageJson
{
    /// <summary>Most bytes of one page, all formats together: 8 MiB. A larger value would hold up every other caller of a
    /// single-threaded Redis while it is copied.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <exception cref="PageTooLargeException">It is larger than <see cref="MaxBytes"/>.</exception>
    public static byte[] Write(StoredPage page)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(page.SourceVersion, "StoredPage.SourceVersion");
        ArgumentOutOfRangeException.ThrowIfNegative(page.Generation, "StoredPage.Generation");
        var bytes = RegistryJson.WriteBytes(page);
        return bytes.Length <= MaxBytes ? bytes : throw new PageTooLargeException(page.Url, bytes.Length, MaxBytes);
    }
}

/// <summary>What a page was rendered from, as it was before the render began: what changed since, the render may or may not have read. Compared for
/// equality only. A file that is put back from a copy has an older time than what it replaces, and what is deleted has none.</summary>
/// <param name="Card">Version of the page's own card; 0 for a page without one.</param>
/// <param name="Deps">Digest of what the page read, each with its version; null when the version of one was not known before.</param>
public sealed record DependencyFingerprint(long Card, string? Deps);
