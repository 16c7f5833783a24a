namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>The browser or a page did not answer in time: it may be busy for ever.</summary>
internal sealed class BrowserTimeoutException(string message, Exception? inner = null) : BrowserException(message, inner);
