namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>How a page ended without being told to.</summary>
internal enum PageTermination
{
    /// <summary>It lives.</summary>
    None,

    /// <summary>It closed itself, or its browser went away.</summary>
    Closed,

    /// <summary>Its renderer crashed.</summary>
    Crashed,
}
