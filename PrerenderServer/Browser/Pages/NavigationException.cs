using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>A URL could not be loaded.</summary>
/// <param name="code">Chromium's error, <c>ERR_CONNECTION_REFUSED</c>; <c>DOWNLOAD</c> when the URL answered with a download.</param>
/// <param name="failedUrl">The URL that failed: the last one of a chain of redirects.</param>
internal sealed class NavigationException(string code, string failedUrl, Exception? inner = null)
    : BrowserException($"{failedUrl} could not be loaded: {code}.", inner)
{
    /// <summary>Code for a URL that answers with a download.</summary>
    public const string Download = "DOWNLOAD";

    /// <summary>Chromium's error code.</summary>
    public string Code => code;

    /// <summary>The URL that failed.</summary>
    public string FailedUrl => failedUrl;
}
