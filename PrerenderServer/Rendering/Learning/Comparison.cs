namespace Fleet.PrerenderServer.Rendering.Learning;

/// <summary>The result of a comparison.</summary>
internal enum Comparison
{
    /// <summary>Both renders have the same result.</summary>
    Equal,

    /// <summary>They differ, and a third render equals the first one.</summary>
    Different,

    /// <summary>They differ, and a third render differs from the first one too: the content changes by itself. Or one of them failed in a way that may pass.</summary>
    Unsteady,
}
