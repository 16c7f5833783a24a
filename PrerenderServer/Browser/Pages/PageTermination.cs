namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>How a page ended.</summary>
internal enum PageTermination
{
    /// <summary>The page is open.</summary>
    None,

    /// <summary>The page closed itself, was closed, or its context or browser ended.</summary>
    Closed,

    /// <summary>The renderer crashed.</summary>
    Crashed,

    /// <summary>The page exceeded a limit of this server and was ended.</summary>
    Exhausted,
}
