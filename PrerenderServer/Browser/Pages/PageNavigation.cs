using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>What came of loading a URL.</summary>
/// <param name="Status">HTTP status of the first response: the redirect's own, when there was one. 0 when nothing was loaded over HTTP.</param>
/// <param name="RedirectUrl">Where the first response redirected to; null when it did not.</param>
/// <param name="ShellToken">The shell token that the document's response named.</param>
internal sealed record PageNavigation(int Status, string? RedirectUrl, string? ShellToken);

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
