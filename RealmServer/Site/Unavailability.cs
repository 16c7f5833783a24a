using System.Net;
using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Site;

/// <summary>Why a crawler gets no page: an empty document with the status 200 would be indexed as the page.</summary>
/// <param name="Status">HTTP status: 429 or 503.</param>
/// <param name="Reason">Stable reason for programs.</param>
/// <param name="Detail">One sentence for people. It is public, so it names neither services nor addresses of the fleet.</param>
/// <param name="RetryAfter">When a retry can help.</param>
internal sealed record Unavailability(int Status, string Reason, string Detail, TimeSpan RetryAfter)
{
    /// <summary>The render was not finished in time, was not queued, or the fleet cannot render.</summary>
    public static Unavailability NotRendered { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "not-rendered", "The page is not rendered yet, and could not be rendered in time.", TimeSpan.FromSeconds(10));

    /// <summary>The render failed.</summary>
    /// <param name="left">Time until the page is rendered again.</param>
    /// <param name="detail">Why, if that is public.</param>
    public static Unavailability Failed(TimeSpan left, string? detail = null) => new(StatusCodes.Status503ServiceUnavailable, "render-failed", detail ?? "The page could not be rendered.", left);

    /// <summary>The client requested too many new pages.</summary>
    /// <param name="left">Time until the client may request another one.</param>
    public static Unavailability TooManyNewPages(TimeSpan left) => new(
        StatusCodes.Status429TooManyRequests, "too-many-new-pages", "This client requested too many pages that are not rendered yet.", left);

    /// <summary>The response's <c>Retry-After</c> in whole seconds, at least 1.</summary>
    public long RetryAfterSeconds => Math.Max(1, (long)Math.Ceiling(RetryAfter.TotalSeconds));

    /// <summary>The response as a page.</summary>
    public ComposedPage ToPage() => new()
    {
        Status = Status,
        ETag = Reason,
        Kind = ContentKind.Unavailable,
        Body = $"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Temporarily unavailable</title></head><body><h1>Temporarily unavailable</h1><p>{WebUtility.HtmlEncode(Detail)} Please retry in {RetryAfterSeconds} s.</p></body></html>
            """,
    };
}
