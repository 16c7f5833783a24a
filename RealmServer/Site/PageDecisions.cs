using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site;

/// <summary>Decides on a page by what this replica knows of its source and of the fleet's shell.</summary>
internal sealed class PageDecisions(HostShellClaims claims, IOptions<PagesOptions> options, TimeProvider timeProvider)
{
    /// <param name="stored">What is stored; null when nothing is.</param>
    /// <param name="source">The page.</param>
    /// <param name="crawler">Whether a crawler asks.</param>
    public PageDecision On(StoredState? stored, PageSource source, bool crawler) => PageDecision.For(
        stored, source.Version, claims.FleetShell?.Generation, source.IsRoute ? options.Value.RouteMaxAge : null, timeProvider.GetUtcNow(), crawler);
}
