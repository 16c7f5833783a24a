namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>The browser is unavailable, or a call to it failed. The message is for people and names the setting to change, if any.</summary>
internal class BrowserException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The browser or a page did not answer before the deadline. It may hang.</summary>
internal sealed class BrowserTimeoutException(string message, Exception? inner = null) : BrowserException(message, inner);

/// <summary>The page's own script threw.</summary>
/// <param name="message">The message of the exception.</param>
/// <param name="stack">Its stack, as reported by the page.</param>
internal class PageScriptException(string message, string? stack) : BrowserException(message)
{
    /// <summary>The JavaScript stack.</summary>
    public string? Stack => stack;
}

/// <summary>The request has a value that no page can use, which only a browser can tell.</summary>
/// <param name="message">Names the member and its value.</param>
internal sealed class RequestValueException(string message) : PageScriptException(message, null);
