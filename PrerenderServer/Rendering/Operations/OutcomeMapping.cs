using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>Maps statuses and errors to outcomes.</summary>
internal static class OutcomeMapping
{
    /// <summary>The outcome of a status that the page set itself. Every value is a verdict on the content.</summary>
    public static RenderOutcome OfOwnStatus(int status) => status switch
    {
        401 => RenderOutcome.Unauthorized,
        >= 400 => RenderOutcome.Failed,
        _ => RenderOutcome.Rendered,
    };

    /// <summary>The outcome of a document's HTTP status. The status of an unavailable or overloaded host is no verdict on the content.</summary>
    public static RenderOutcome OfHttpStatus(int status) => status is 429 or 502 or 503 or 504 ? RenderOutcome.NoVerdict : OfOwnStatus(status);

    /// <summary>Whether a document of this media type is a page. The browser makes an HTML document of any other type that it can show, such as JSON or an image.</summary>
    public static bool IsPage(string mediaType) => mediaType is "text/html" or "application/xhtml+xml";

    /// <summary>The outcome of an error that the host reports.</summary>
    public static RenderOutcome OfHostError(string? kind) => kind switch
    {
        "unauthorized" => RenderOutcome.Unauthorized,
        "network" or "superseded" => RenderOutcome.NoVerdict,
        _ => RenderOutcome.Failed,
    };

    /// <summary>The outcome of a URL that could not be loaded.</summary>
    /// <param name="code">Chromium's error code.</param>
    /// <param name="failedAllowed">Whether the URL that failed is inside the allow-list. After a redirect it may be outside, and then the fleet itself blocked it.</param>
    public static RenderOutcome OfNavigation(string code, bool failedAllowed) => code switch
    {
        _ when !failedAllowed => RenderOutcome.Failed,
        "ERR_TOO_MANY_REDIRECTS" or "ERR_INVALID_REDIRECT" or "ERR_UNSAFE_REDIRECT" or "ERR_INVALID_RESPONSE" or "ERR_BLOCKED_BY_RESPONSE" => RenderOutcome.Failed,
        // A 204 aborts the navigation.
        NavigationException.Download or "ERR_ABORTED" => RenderOutcome.NotAPage,
        _ => RenderOutcome.NoVerdict,
    };
}
