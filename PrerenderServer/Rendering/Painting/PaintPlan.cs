namespace Fleet.PrerenderServer.Rendering.Painting;

/// <summary>What a render used of the page's layout, which a page that is not painted does not have.</summary>
/// <param name="Read">The member that was read first: <c>Element.scrollHeight</c>. Null if none was.</param>
/// <param name="Observes">The member that tells the app of the layout in all later renders of the page: <c>ResizeObserver.observe</c>. Null if none does.</param>
internal sealed record LayoutUse(string? Read, string? Observes)
{
    /// <summary>Whether nothing was used.</summary>
    public bool IsNone => Read is null && Observes is null;
}

/// <summary>How a render is to run.</summary>
/// <param name="IsPainted">Whether the page has layout and paint.</param>
/// <param name="IsCompared">Whether the render is repeated the other way once it was answered, and both are compared.</param>
internal readonly record struct PaintPlan(bool IsPainted, bool IsCompared)
{
    /// <summary>Painted, without a comparison.</summary>
    public static PaintPlan Painted { get; } = new(true, false);
}
