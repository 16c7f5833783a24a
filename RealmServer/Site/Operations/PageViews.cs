using System.Text.Json.Serialization;
using Fleet.Contracts;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Site.Operations;

/// <summary>The state of a stored page.</summary>
internal enum PageState
{
    /// <summary>Up to date.</summary>
    Current,

    /// <summary>Out of date: the next request has it rendered again.</summary>
    Outdated,

    /// <summary>Captured before it had settled, so that content may be missing; not out of date yet.</summary>
    Capped,
}

/// <summary>What a page shows.</summary>
internal enum PageKind
{
    /// <summary>A card of a realm.</summary>
    Card,

    /// <summary>A route of the host app.</summary>
    Route,
}

/// <summary>A list of stored pages. Body of <c>GET /_pages</c>.</summary>
internal sealed record PageList
{
    /// <summary>The pages, ordered by URL.</summary>
    public required IReadOnlyList<PageListEntry> Pages { get; init; }

    /// <summary>Number of all pages that match, on this page of the list and others.</summary>
    public required int Total { get; init; }

    /// <summary>Value of <c>after</c> for the pages that follow; null when there are none.</summary>
    public string? Next { get; init; }
}

/// <summary>A stored page in a list.</summary>
internal sealed record PageListEntry
{
    public required string Url { get; init; }

    public required PageKind Kind { get; init; }

    public required Rendition Rendition { get; init; }

    public required PageState State { get; init; }

    /// <summary>The page's own HTTP status.</summary>
    public required int Status { get; init; }

    public required DateTimeOffset RenderedAt { get; init; }

    /// <summary>When its render began; null if an older version stored it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public required long AgeSeconds { get; init; }

    /// <summary>Generation of the shell that it was rendered on.</summary>
    public required long Generation { get; init; }

    /// <summary>Size of the rendered text in bytes.</summary>
    public required long Bytes { get; init; }

    [JsonPropertyName("noIndex")]
    public bool IsNoIndex { get; init; }
}

/// <summary>What is known of a page. Body of <c>GET /_pages/page</c>.</summary>
internal sealed record PageInspection
{
    /// <summary>Maximum number of <see cref="StoredPageView.Reads"/>.</summary>
    public const int MaxReads = 100;

    public required string Url { get; init; }

    public required PageKind Kind { get; init; }

    /// <summary>Whether a render is queued or in progress at this realm server.</summary>
    [JsonPropertyName("pending")]
    public required bool IsPending { get; init; }

    /// <summary>The stored page; null if there is none.</summary>
    public StoredPageView? Stored { get; init; }

    /// <summary>The failure for which this realm server does not render the page at present; null if there is none.</summary>
    public PageFailureView? LastFailure { get; init; }

    /// <summary>The same of the mobile rendition; null if pages have none.</summary>
    public PageInspection? Mobile { get; init; }
}

/// <summary>A stored page.</summary>
internal sealed record StoredPageView
{
    public required PageState State { get; init; }

    public required int Status { get; init; }

    public string? RedirectUrl { get; init; }

    public required DateTimeOffset RenderedAt { get; init; }

    /// <summary>When its render began; null if an older version stored it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public required long AgeSeconds { get; init; }

    /// <summary>When a route was requested or rendered last, to the minute; null for a card.</summary>
    public DateTimeOffset? LastRequestedAt { get; init; }

    /// <summary>Token of the shell that it was rendered on.</summary>
    public required string ShellToken { get; init; }

    /// <summary>Generation of that shell.</summary>
    public required long Generation { get; init; }

    /// <summary>Generation of the fleet's current shell; null if it is not known.</summary>
    public long? FleetGeneration { get; init; }

    [JsonPropertyName("etag")]
    public required string ETag { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    [JsonPropertyName("noIndex")]
    public required bool IsNoIndex { get; init; }

    [JsonPropertyName("capped")]
    public required bool IsCapped { get; init; }

    /// <summary>Size by format, in bytes.</summary>
    public required IReadOnlyDictionary<RenderFormat, long> FormatBytes { get; init; }

    /// <summary>URLs that the render read, the first <see cref="PageInspection.MaxReads"/>.</summary>
    public required IReadOnlyList<string> Reads { get; init; }

    public PageScreenshot? Screenshot { get; init; }
}

/// <summary>A failure that is remembered.</summary>
/// <param name="Reason">Why the render failed.</param>
/// <param name="Age">Time since the render failed.</param>
/// <param name="RetryIn">Time until the next request has the page rendered again.</param>
internal sealed record PageFailureView(string Reason, [property: JsonIgnore] TimeSpan Age, [property: JsonIgnore] TimeSpan RetryIn)
{
    /// <summary><see cref="Age"/> in whole seconds.</summary>
    public long AgeSeconds => PageDirectory.Seconds(Age);

    /// <summary><see cref="RetryIn"/> in seconds.</summary>
    public long RetryInSeconds => (long)Math.Ceiling(RetryIn.TotalSeconds);

    /// <summary>Request id of the render.</summary>
    public string? RenderId { get; init; }

    /// <summary>Path of the render's record at the manager; null if there is none.</summary>
    public string? Record { get; init; }
}
