namespace Fleet.PrerenderServer.Rendering.Learning;

/// <summary>Whether a cheaper way to render is used.</summary>
public enum LearningMode
{
    /// <summary>Where comparisons have shown that it changes nothing.</summary>
    Auto,

    /// <summary>Never.</summary>
    Off,
}
