namespace Fleet.Contracts;

/// <summary>The page that rendered.</summary>
/// <param name="Server">Name of the prerender server.</param>
/// <param name="Slot">Number of the slot on that server.</param>
/// <param name="Warm">Whether the page had rendered for this affinity before.</param>
public sealed record RenderPage(string Server, long Slot, bool Warm);
