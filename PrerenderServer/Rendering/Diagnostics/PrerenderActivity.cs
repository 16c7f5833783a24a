using System.Diagnostics;

namespace Fleet.PrerenderServer.Rendering.Diagnostics;

/// <summary>The source of the prerender server's spans.</summary>
internal static class PrerenderActivity
{
    public static ActivitySource Source { get; } = new("Fleet.PrerenderServer");
}
