using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>The result of loading a URL.</summary>
/// <param name="Status">HTTP status of the first response, which may be a redirect. 0 if nothing was loaded over HTTP.</param>
/// <param name="RedirectUrl">Target of the first response's redirect; null if it was not a redirect.</param>
/// <param name="ShellToken">The host shell token in the response's headers; null if there is none.</param>
internal sealed record PageNavigation(int Status, string? RedirectUrl, string? ShellToken);

/// <summary>A URL could not be loaded.</summary>
/// <param name="code">Chromium's error code, such as <c>ERR_CONNECTION_REFUSED</c>; <c>DOWNLOAD</c> if the URL is a download.</param>
/// <param name="failedUrl">The URL that failed: the last one of the redirect chain.</param>
internal sealed class NavigationException(string code, string failedUrl, Exception? inner = null)
    : BrowserException($"{failedUrl} could not be loaded: {code}.", inner)
{
    /// <summary>Code for a URL that is a download.</summary>
    public const string Download = "DOWNLOAD";

    /// <summary>Chromium's error code.</summary>
    public string Code => code;

    /// <summary>The URL that failed.</summary>
    public string FailedUrl => failedUrl;
}
