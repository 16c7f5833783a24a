using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site;

/// <summary>How a request for a page is answered.</summary>
/// <param name="UseStored">Whether what is stored is sent; else the shell.</param>
/// <param name="Render">Whether the page is rendered, and who waits for it.</param>
internal readonly record struct PageDecision(bool UseStored, PageRender Render)
{
    /// <param name="stored">What is stored; null when nothing is.</param>
    /// <param name="sourceVersion">Version of the source now.</param>
    /// <param name="generation">The fleet's shell generation; null when it is not known.</param>
    /// <param name="maxAge">Age from which the page is old whatever its version; null for pages whose version tells.</param>
    /// <param name="now">Now.</param>
    /// <param name="crawler">Whether a crawler asks, who runs no scripts and whose next visit is far away.</param>
    public static PageDecision For(StoredState? stored, long sourceVersion, long? generation, TimeSpan? maxAge, DateTimeOffset now, bool crawler)
    {
        if (stored is not { } page)
        {
            return new(UseStored: false, crawler ? PageRender.Await : PageRender.Queue);
        }

        if (page.Matter == ContentKind.OldDocument)
        {
            // Its text is better than a shell for those who read only text; for the others its scripts are likely gone.
            return new(crawler, crawler ? PageRender.Await : PageRender.Queue);
        }

        // Only a later version is another one here: replicas that see different files would have the page rendered in turns.
        var old = page.CardVersion is null || page.CardVersion < sourceVersion || page.Generation < generation || now - page.RenderedAt > maxAge;
        return new(UseStored: true, old ? PageRender.Queue : PageRender.No);
    }
}

/// <summary>What matters of a stored page for the decision.</summary>
/// <param name="Matter">What it would be sent as.</param>
/// <param name="CardVersion">Version of its card that was rendered; null when that was not kept.</param>
/// <param name="Generation">Generation of the shell.</param>
/// <param name="RenderedAt">When it was rendered.</param>
internal readonly record struct StoredState(ContentKind Matter, long? CardVersion, long Generation, DateTimeOffset RenderedAt)
{
    public static StoredState Of(StoredPage page, ContentKind matter) => new(matter, page.Seen?.Card, page.Generation, page.RenderedAt);
}

/// <summary>Whether a page that was asked for is rendered.</summary>
internal enum PageRender
{
    /// <summary>What is stored is good.</summary>
    No,

    /// <summary>Behind the back of the one who asks.</summary>
    Queue,

    /// <summary>Before the answer, within the budget.</summary>
    Await,
}

/// <summary>Decides on a page by what this replica knows of its source and of the fleet's shell.</summary>
internal sealed class PageDecisions(HostShellClaims claims, IOptions<PagesOptions> options, TimeProvider timeProvider)
{
    /// <param name="stored">What is stored; null when nothing is.</param>
    /// <param name="source">The page.</param>
    /// <param name="crawler">Whether a crawler asks.</param>
    public PageDecision On(StoredState? stored, PageSource source, bool crawler) => PageDecision.For(
        stored, source.Version, claims.FleetShell?.Generation, source.IsRoute ? options.Value.RouteMaxAge : null, timeProvider.GetUtcNow(), crawler);
}
