using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>The result of loading a URL.</summary>
/// <param name="Status">HTTP status of the first response, which may be a redirect. 0 if nothing was loaded over HTTP.</param>
/// <param name="RedirectUrl">Target of the first response's redirect; null if it was not a redirect.</param>
/// <param name="LoadedStatus">HTTP status of the document that was loaded, after all redirects; 0 if none was, because the target is a download, is not
/// reachable, or has no content.</param>
/// <param name="Headers">The headers of the document that its server sends to search engines; null for none.</param>
/// <param name="Refresh">The document's <c>Refresh</c> header; null without one.</param>
internal sealed record PageNavigation(int Status, string? RedirectUrl, int LoadedStatus, IReadOnlyDictionary<string, string>? Headers = null, string? Refresh = null);

/// <summary>A page leaves its document by itself: by script, by <c>meta refresh</c>, or by a click or form that a script triggers.</summary>
/// <param name="Url">Where it goes.</param>
/// <param name="StatusCode">The document's <c>prerender-status-code</c> at that time; null if it has none.</param>
/// <param name="Headers">The document's <c>prerender-header</c> values at that time.</param>
internal sealed record PageDeparture(Uri Url, string? StatusCode, IReadOnlyList<string> Headers)
{
    /// <summary>The last URLs of a page that keeps navigating, without repeats; otherwise empty.</summary>
    public IReadOnlyList<string> LoopUrls { get; init; } = [];
}

/// <summary>A URL could not be loaded.</summary>
/// <param name="code">Chromium's error code, such as <c>ERR_CONNECTION_REFUSED</c>; <c>DOWNLOAD</c> if the URL is a download.</param>
/// <param name="failedUrl">The URL that failed: the last one of the redirect chain.</param>
/// <param name="redirect">Status and target of the first redirect; null if there is none.</param>
internal sealed class NavigationException(string code, string failedUrl, (int Status, string Url)? redirect = null)
    : BrowserException(code == Download ? $"{failedUrl} is a download." : $"{failedUrl} could not be loaded: {code}.")
{
    /// <summary>Code for an endless chain of redirects.</summary>
    public const string TooManyRedirects = "ERR_TOO_MANY_REDIRECTS";

    /// <summary>Code for a URL that is a download.</summary>
    public const string Download = "DOWNLOAD";

    /// <summary>Chromium's error code.</summary>
    public string Code => code;

    /// <summary>Status and target of the first redirect; null if there is none.</summary>
    public (int Status, string Url)? Redirect => redirect;

    /// <summary>The URL that failed.</summary>
    public string FailedUrl => failedUrl;
}
