using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>How evidence becomes an outcome. Pure; the tables of it are tests.</summary>
internal static class OutcomeMapping
{
    /// <summary>The outcome of a status that the page gave itself: whatever it is, it says something about the content.</summary>
    public static RenderOutcome OfOwnStatus(int status) => status switch
    {
        401 => RenderOutcome.Unauthorized,
        >= 400 => RenderOutcome.Failed,
        _ => RenderOutcome.Rendered,
    };

    /// <summary>The outcome of a document's HTTP status. What a gateway says for a host that is away or overloaded is no word on the content.</summary>
    public static RenderOutcome OfHttpStatus(int status) => status is 429 or 502 or 503 or 504 ? RenderOutcome.NoVerdict : OfOwnStatus(status);

    /// <summary>The outcome of an error that the host reports.</summary>
    public static RenderOutcome OfHostError(string? kind) => kind switch
    {
        "unauthorized" => RenderOutcome.Unauthorized,
        "network" or "superseded" => RenderOutcome.NoVerdict,
        _ => RenderOutcome.Failed,
    };

    /// <summary>The outcome of a URL that could not be loaded.</summary>
    /// <param name="code">Chromium's error code.</param>
    /// <param name="failedAllowed">Whether the URL that failed is inside the allow-list. It may not be after a redirect, and then its failure is our refusal.</param>
    public static RenderOutcome OfNavigation(string code, bool failedAllowed) => code switch
    {
        _ when !failedAllowed => RenderOutcome.Failed,
        "ERR_TOO_MANY_REDIRECTS" or "ERR_INVALID_REDIRECT" or "ERR_UNSAFE_REDIRECT" or "ERR_INVALID_RESPONSE" or "ERR_BLOCKED_BY_RESPONSE" => RenderOutcome.Failed,
        // No document: a download, or a 204.
        NavigationException.Download or "ERR_ABORTED" => RenderOutcome.Unusable,
        _ => RenderOutcome.NoVerdict,
    };
}
