using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Registry.Pages;

/// <summary>Metadata of a stored page: enough to plan an index and to search without reading the page.</summary>
public sealed record PageFacts
{
    /// <summary>The page's own HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Whether the page asks search engines not to list it.</summary>
    public bool IsNoIndex { get; init; }

    /// <summary>URLs that the render read.</summary>
    public IReadOnlyList<string> Deps { get; init; } = [];

    /// <summary>What the page was rendered from; null for a page of an older version that did not record it.</summary>
    public DependencyFingerprint? Seen { get; init; }

    /// <summary>The host's search document and types, as JSON text; null when it is larger than <see cref="MaxDataChars"/>.</summary>
    public string? Data { get; init; }

    /// <summary>What a screenshot of the page depends on (<see cref="ScreenshotKey"/>); null when there is nothing to capture.</summary>
    public string? Look { get; init; }

    /// <summary>When the page was rendered.</summary>
    public required DateTimeOffset RenderedAt { get; init; }

    /// <inheritdoc cref="StoredPage.StartedAt"/>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Whether the page was captured before it had settled.</summary>
    public bool IsCapped { get; init; }

    /// <summary>Size of the rendered text, all formats together, in bytes of UTF-8.</summary>
    public long Bytes { get; init; }

    /// <summary>Maximum length of <see cref="Data"/>, in characters: 64 Ki. Bounded because the metadata of a whole realm is read at once.</summary>
    public const int MaxDataChars = 64 * 1024;

    internal static PageFacts Of(StoredPage page) => new()
    {
        Status = page.Status,
        IsNoIndex = page.IsNoIndex,
        Deps = page.Deps,
        Seen = page.Seen,
        Data = page.Data is { Length: <= MaxDataChars } ? page.Data : null,
        Look = ScreenshotKey.Of(page),
        RenderedAt = page.RenderedAt,
        StartedAt = page.StartedAt,
        IsCapped = page.IsCapped,
        Bytes = page.Formats.Values.Sum(static text => (long)Encoding.UTF8.GetByteCount(text)),
    };
}

/// <summary>Identifies what a screenshot of a page depends on.</summary>
public static class ScreenshotKey
{
    /// <summary>A key that changes with the page's format <c>fitted</c> and with the host shell. Null when there is nothing to capture.</summary>
    public static string? Of(StoredPage page) =>
        page.Status == 200 && page.Formats.TryGetValue(RenderFormat.Fitted, out var fitted) && !string.IsNullOrWhiteSpace(fitted)
            ? string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fitted)).AsSpan(..8))}-{page.Generation}")
            : null;
}
