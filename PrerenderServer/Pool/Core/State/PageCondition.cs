namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>The condition of a page, as its render reports it on release.</summary>
internal enum PageCondition
{
    /// <summary>Usable again, whatever the outcome of the render.</summary>
    Healthy,

    /// <summary>Never used: the page is unchanged.</summary>
    Untouched,

    /// <summary>Answers, but its document cannot be reused: same context, new document.</summary>
    Dirty,

    /// <summary>As <see cref="Dirty"/>, and its context may have data that a caller gave to one visit only: the context is closed.</summary>
    Tainted,

    /// <summary>Hangs: the context is closed.</summary>
    Hung,

    /// <summary>The renderer process has ended.</summary>
    Crashed,
}
