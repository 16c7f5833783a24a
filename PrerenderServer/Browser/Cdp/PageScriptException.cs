namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>The page's own script threw.</summary>
/// <param name="message">What was thrown.</param>
/// <param name="stack">Its stack as the page tells it.</param>
internal sealed class PageScriptException(string message, string? stack) : BrowserException(message)
{
    /// <summary>The JavaScript stack.</summary>
    public string? Stack => stack;
}
