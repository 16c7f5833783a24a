namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>How a wait ends without a page. A lack of capacity is none of them.</summary>
internal enum WaitFailure
{
    /// <summary>The request's own time was up.</summary>
    Deadline,

    /// <summary>The pool stops.</summary>
    ShuttingDown,

    /// <summary>The request accepts nothing but the current host shell at once, and the pool is between two shells.</summary>
    StaleShell,
}
