using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Registry.Pages;

/// <summary>What is known of a stored page without reading it: enough to plan an index and to search.</summary>
public sealed record PageFacts
{
    /// <summary>The page's own HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What the render read.</summary>
    public IReadOnlyList<string> Deps { get; init; } = [];

    /// <summary>What it was rendered from; null for a page of a time at which that was not kept.</summary>
    public DependencyFingerprint? Seen { get; init; }

    /// <summary>The host's search document and types, as JSON text; null when it is larger than <see cref="MaxDataChars"/>.</summary>
    public string? Data { get; init; }

    /// <summary>What a screenshot of it depends on; null when there is nothing to take one of.</summary>
    public string? Look { get; init; }

    /// <summary>When it was rendered.</summary>
    public required DateTimeOffset RenderedAt { get; init; }

    /// <summary>Longest search document that is kept here, in characters: 64 Ki. All of a realm's are read at a time.</summary>
    public const int MaxDataChars = 64 * 1024;

    internal static PageFacts Of(StoredPage page) => new()
    {
        Status = page.Status,
        Deps = page.Deps,
        Seen = page.Seen,
        Data = page.Data is { Length: <= MaxDataChars } ? page.Data : null,
        Look = ScreenshotKey.Of(page),
        RenderedAt = page.RenderedAt,
    };
}

/// <summary>What a screenshot of a page depends on.</summary>
public static class ScreenshotKey
{
    /// <summary>Changes with the page's format <c>fitted</c> and with the host shell. Null when there is nothing to take a screenshot of.</summary>
    public static string? Of(StoredPage page) =>
        page.Status == 200 && page.Formats.TryGetValue(RenderFormat.Fitted, out var fitted) && !string.IsNullOrWhiteSpace(fitted)
            ? string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fitted)).AsSpan(..8))}-{page.Generation}")
            : null;
}
