using System.Text.Json;

namespace Fleet.Contracts;

/// <summary>Limits of jobs. Exceeding one is a 400 or 413 that names field, value and limit.</summary>
public static class JobLimits
{
    /// <summary>Maximum number of URLs of a job.</summary>
    public const int MaxUrls = 10_000;

    /// <summary>Maximum size of the body of <c>POST /jobs</c>, in bytes: 8 MiB.</summary>
    public const int MaxBodyBytes = 8 * 1024 * 1024;

    /// <summary>Maximum number of links between the start of a crawl and a page.</summary>
    public const int MaxDepth = 20;

    /// <summary>Maximum number of patterns in one list.</summary>
    public const int MaxPatterns = 50;

    /// <summary>Maximum number of URLs of a job that are in progress at a time.</summary>
    public const int MaxConcurrency = 32;

    /// <summary>Maximum size of the render options of a job, as JSON, in characters.</summary>
    public const int MaxRenderLength = 16 * 1024;
}

/// <summary>Requests long work in the background: exactly one of <see cref="Urls"/>, <see cref="Sitemap"/>, <see cref="Crawl"/> and <see cref="Recache"/>.
/// Body of <c>POST /jobs</c>.</summary>
public sealed record JobRequest
{
    /// <summary>Absolute http(s) URLs to render, 1 to <see cref="JobLimits.MaxUrls"/>.</summary>
    public IReadOnlyList<string>? Urls { get; init; }

    /// <summary>Renders the URLs that this sitemap or sitemap index lists. An absolute http(s) URL of an allowed origin.</summary>
    public string? Sitemap { get; init; }

    /// <summary>Renders a page, the pages that it links to, and so on.</summary>
    public JobCrawl? Crawl { get; init; }

    /// <summary>Renders pages of the site and stores them again.</summary>
    public JobRecache? Recache { get; init; }

    /// <summary>Options of every render: members of <see cref="RenderRequest"/> except <c>url</c>, <c>priority</c>, <c>credentials</c>, <c>headers</c> and <c>cookies</c>; for a crawl also
    /// without <c>formats</c>. Not for <see cref="Recache"/>. Default: those of the render request.</summary>
    public JsonElement? Render { get; init; }

    /// <summary>Maximum number of URLs that the job takes from a sitemap, a crawl or a selection, 1 to <see cref="JobLimits.MaxUrls"/>; the rest is counted as omitted.
    /// Default: <see cref="JobLimits.MaxUrls"/>.</summary>
    public int? MaxUrls { get; init; }

    /// <summary>Maximum number of URLs that are in progress at a time, 1 to <see cref="JobLimits.MaxConcurrency"/>. It can only lower <c>Jobs:Concurrency</c>.
    /// Default: that setting.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Absolute http(s) URL, of an origin in <c>Jobs:Webhooks</c>, that gets the job when it has ended. Default: none.</summary>
    public string? Webhook { get; init; }
}

/// <summary>A crawl within one origin.</summary>
public sealed record JobCrawl
{
    /// <summary>Absolute http(s) URL of the first page.</summary>
    public required string Start { get; init; }

    /// <summary>Maximum number of links between the first page and another, 0 to <see cref="JobLimits.MaxDepth"/>. Default: 3.</summary>
    public int? Depth { get; init; }

    /// <summary>Patterns of which a linked URL must match one: a URL or a path, in which <c>*</c> stands for any characters. Default: every URL of the origin.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Patterns of which a linked URL must match none. Default: none.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }
}

/// <summary>Pages of the site to render and store again: exactly one of the members.</summary>
public sealed record JobRecache
{
    /// <summary>URLs of the site, absolute or as a path, 1 to <see cref="JobLimits.MaxUrls"/>.</summary>
    public IReadOnlyList<string>? Urls { get; init; }

    /// <summary>The stored pages whose URL begins with this text: a URL of the site, absolute or as a path.</summary>
    public string? Prefix { get; init; }

    /// <summary>The stored pages whose URL matches this text, in which <c>*</c> stands for any characters: a URL of the site, absolute or as a path.</summary>
    public string? Pattern { get; init; }

    /// <summary>The pages that this sitemap lists: an absolute URL of an allowed origin.</summary>
    public string? Sitemap { get; init; }
}
