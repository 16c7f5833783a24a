using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Rendering;

/// <summary>What a page was rendered from, or failed to be.</summary>
/// <param name="Seen">Its card and what it read; null when that was not kept.</param>
/// <param name="Generation">The shell generation.</param>
internal readonly record struct RenderedFrom(DependencyFingerprint? Seen, long Generation);
