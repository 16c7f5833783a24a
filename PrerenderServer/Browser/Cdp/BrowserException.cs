namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>The browser cannot be had or did not do what was asked. The message is for people and names the setting to turn.</summary>
internal class BrowserException(string message, Exception? inner = null) : Exception(message, inner);
