namespace Fleet.Contracts;

/// <summary>Which pages an operator has recached, purged or warmed: exactly one of <see cref="Urls"/>, <see cref="Prefix"/>, <see cref="Pattern"/> and
/// <see cref="Sitemap"/>.</summary>
public sealed record PagesRequest
{
    /// <summary>Maximum number of pages that one request concerns.</summary>
    public const int MaxPages = 1_000;

    /// <summary>Maximum size of the body in bytes: 1,000 URLs of maximum length fit.</summary>
    public const int MaxBodyBytes = 4 * 1024 * 1024;

    /// <summary>URLs of the site, absolute or as a path, 1 to <see cref="MaxPages"/>.</summary>
    public IReadOnlyList<string>? Urls { get; init; }

    /// <summary>The stored pages whose URL begins with this text: a URL of the site, absolute or as a path.</summary>
    public string? Prefix { get; init; }

    /// <summary>The stored pages whose URL matches this text, in which <c>*</c> stands for any characters: a URL of the site, absolute or as a path.</summary>
    public string? Pattern { get; init; }

    /// <summary>The pages that this sitemap or sitemap index of the site lists. For warming only.</summary>
    public string? Sitemap { get; init; }

    /// <summary>Only this rendition of the pages. Default: all that are kept.</summary>
    public Rendition? Rendition { get; init; }

    /// <summary>The <see cref="PagesReport.Next"/> of the previous report, to continue after it; null for the first pages.</summary>
    public string? After { get; init; }
}

/// <summary>What became of the pages of a <see cref="PagesRequest"/>.</summary>
public sealed record PagesReport
{
    /// <summary>The pages, ordered by URL, at most <see cref="PagesRequest.MaxPages"/>.</summary>
    public required IReadOnlyList<PageActionReport> Pages { get; init; }

    /// <summary>Number of pages by result.</summary>
    public required IReadOnlyDictionary<PageResult, int> Counts { get; init; }

    /// <summary>The <see cref="PagesRequest.After"/> with which to repeat the request for the pages that follow; null when there are none.</summary>
    public string? Next { get; init; }
}

/// <summary>What became of a page.</summary>
/// <param name="Url">The page's URL; as the request has it if it is not a page of the site.</param>
/// <param name="Result">The result.</param>
/// <param name="Reason">Why it was refused; null otherwise.</param>
public sealed record PageActionReport(string Url, PageResult Result, string? Reason = null)
{
    /// <summary>Why it was refused, for programs: a word of <see cref="PageRefusal"/>; null otherwise.</summary>
    public string? Refusal { get; init; }
}

/// <summary>Why a page was refused.</summary>
public static class PageRefusal
{
    /// <summary>The queue of renders is full: the request can be repeated later.</summary>
    public const string QueueFull = "queue-full";

    /// <summary>The URL is that of no page of the site.</summary>
    public const string NoPage = "no-page";

    /// <summary>Pages have no such rendition.</summary>
    public const string NoRendition = "no-rendition";
}

/// <summary>The result of a request for a page.</summary>
public enum PageResult
{
    /// <summary>A render of the page is queued.</summary>
    Accepted,

    /// <summary>The page is stored and up to date, so that there is nothing to do.</summary>
    Known,

    /// <summary>The stored page was removed.</summary>
    Purged,

    /// <summary>The page was not stored.</summary>
    Absent,

    /// <summary>Nothing was done; the reason says why.</summary>
    Refused,
}
