using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site;

/// <summary>How a request for a page is answered.</summary>
/// <param name="UseStored">Whether the stored page is sent; otherwise the shell.</param>
/// <param name="Render">Whether the page is rendered, and whether the request waits for it.</param>
internal readonly record struct PageDecision(bool UseStored, PageRender Render)
{
    /// <summary>Decides on a request.</summary>
    /// <param name="stored">State of the stored page; null if there is none.</param>
    /// <param name="sourceVersion">Current version of the source.</param>
    /// <param name="generation">The fleet's shell generation; null if it is not known.</param>
    /// <param name="maxAge">Age from which the page is out of date regardless of its version; null for pages whose version suffices.</param>
    /// <param name="cappedTtl">Age from which a page that had not settled is out of date.</param>
    /// <param name="now">The current time.</param>
    /// <param name="crawler">Whether the request is a crawler's. Crawlers run no scripts and return only much later.</param>
    public static PageDecision For(StoredState? stored, long sourceVersion, long? generation, TimeSpan? maxAge, TimeSpan cappedTtl, DateTimeOffset now, bool crawler)
    {
        if (stored is not { } page)
        {
            return new(UseStored: false, crawler ? PageRender.Await : PageRender.Queue);
        }

        if (page.Kind == ContentKind.OldDocument)
        {
            // Crawlers read only the text, so it is better than a shell. For browsers, the scripts that it references are probably gone.
            return new(crawler, crawler ? PageRender.Await : PageRender.Queue);
        }

        // Only a later version counts as changed: otherwise replicas that see different files would take turns in rendering the page.
        var isOutdated = page.CardVersion is null || page.CardVersion < sourceVersion || page.Generation < generation || now - page.RenderedAt > maxAge
            || (page.IsCapped && now - page.RenderedAt > cappedTtl);
        return new(UseStored: true, isOutdated ? PageRender.Queue : PageRender.No);
    }

    /// <summary>Whether visitors get stored pages of a kind. The app of a visitor starts on top of what it finds in its root element: only an app that keeps the
    /// host contract is known to take it over instead of showing everything twice. A redirect is where the app went without the cookies, the storage and the language of the visitor.</summary>
    /// <param name="visitors">The setting.</param>
    /// <param name="kind">The kind of content that the page would be sent as.</param>
    public static bool IsForVisitors(VisitorPages visitors, ContentKind kind) => visitors switch
    {
        VisitorPages.Prerendered => true,
        VisitorPages.Shell => false,
        _ => kind == ContentKind.Content,
    };
}

/// <summary>The state of a stored page that the decision depends on.</summary>
/// <param name="Kind">The kind of content that it would be sent as.</param>
/// <param name="CardVersion">Version of the source that it was rendered from; null if that was not recorded.</param>
/// <param name="Generation">Generation of the shell that it was rendered on.</param>
/// <param name="RenderedAt">The time of the render.</param>
/// <param name="IsCapped">Whether it was captured before it had settled.</param>
internal readonly record struct StoredState(ContentKind Kind, long? CardVersion, long Generation, DateTimeOffset RenderedAt, bool IsCapped = false)
{
    public static StoredState Of(StoredPage page, ContentKind kind) => new(kind, page.Seen?.Card, page.Generation, page.RenderedAt, page.IsCapped);
}

/// <summary>Whether a requested page is rendered.</summary>
internal enum PageRender
{
    /// <summary>Not rendered: the stored page is up to date.</summary>
    No,

    /// <summary>Rendered in the background, after the response.</summary>
    Queue,

    /// <summary>Rendered before the response, within <c>Pages:CrawlerBudget</c>.</summary>
    Await,
}

/// <summary>Decides on requests by what this replica knows of the page's source and of the fleet's shell.</summary>
internal sealed class PageDecisions(HostShellClaims claims, IOptions<PagesOptions> options, TimeProvider timeProvider)
{
    /// <summary>Decides on a request.</summary>
    /// <param name="stored">State of the stored page; null if there is none.</param>
    /// <param name="source">The page's source.</param>
    /// <param name="crawler">Whether the request is a crawler's.</param>
    public PageDecision On(StoredState? stored, PageSource source, bool crawler) => PageDecision.For(
        stored, source.Version, claims.FleetShell?.Generation, source.IsRoute ? options.Value.RouteMaxAge : null, options.Value.CappedTtl, timeProvider.GetUtcNow(), crawler);

    /// <summary>Whether visitors get stored pages of a kind.</summary>
    public bool IsForVisitors(ContentKind kind) => PageDecision.IsForVisitors(options.Value.Visitors, kind);
}
