namespace Fleet.Registry.Pages;

/// <summary>A page is larger than the registry keeps. It is a verdict on the page: a repeat will not help.</summary>
public sealed class PageTooLargeException(string url, long bytes, long maxBytes)
    : Exception($"The page {url} takes {bytes} bytes as JSON; the registry keeps at most {maxBytes} bytes of a page.");
