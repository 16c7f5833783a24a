namespace Fleet.Registry.Pages;

/// <summary>What a page was rendered from, as it was before the render began: what changed since, the render may or may not have read. Compared for
/// equality only. A file that is put back from a copy has an older time than what it replaces, and what is deleted has none.</summary>
/// <param name="Card">Version of the page's own card; 0 for a page without one.</param>
/// <param name="Deps">Digest of what the page read, each with its version; null when the version of one was not known before.</param>
public sealed record DependencyFingerprint(long Card, string? Deps);
