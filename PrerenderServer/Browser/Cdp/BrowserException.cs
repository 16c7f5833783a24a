namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>The browser cannot be had or did not do what was asked. The message is for people and names the setting to turn.</summary>
internal class BrowserException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The browser or a page did not answer in time: it may be busy for ever.</summary>
internal sealed class BrowserTimeoutException(string message, Exception? inner = null) : BrowserException(message, inner);

/// <summary>The page's own script threw.</summary>
/// <param name="message">What was thrown.</param>
/// <param name="stack">Its stack as the page tells it.</param>
internal sealed class PageScriptException(string message, string? stack) : BrowserException(message)
{
    /// <summary>The JavaScript stack.</summary>
    public string? Stack => stack;
}
