using Fleet.Contracts;
using Fleet.Registry.Pages;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>The renditions in which pages are stored (<c>Fleet:Renditions</c>), and which of them a request gets.</summary>
internal sealed class PageRenditions(IOptions<FleetOptions> fleet, IOptions<PagesOptions> pages, Crawlers crawlers)
{
    /// <summary>The renditions.</summary>
    public IReadOnlyList<Rendition> All { get; } = fleet.Value.HasMobileRendition() ? [Rendition.Desktop, Rendition.Mobile] : [Rendition.Desktop];

    /// <summary>The page in the rendition for a request.</summary>
    public PageSource For(HttpRequest request, PageSource page) =>
        page with { Rendition = All.Count > 1 ? Choose(request.Headers.UserAgent, crawlers.IsCrawler(request), pages.Value.Visitors) : Rendition.Desktop };

    /// <summary>The page in each rendition.</summary>
    public IEnumerable<PageSource> Of(PageSource page) => All.Select(rendition => page with { Rendition = rendition });

    /// <summary>The storage scopes of each rendition of pages.</summary>
    public IEnumerable<string> ScopesOf(string realm) => All.Select(rendition => PageScope.Of(realm, rendition));

    /// <summary>The rendition for a client. The mobile one is always a whole document. Visitors who get pages of the host contract only, or none, therefore have the desktop's.</summary>
    /// <param name="userAgent">The header <c>User-Agent</c>.</param>
    /// <param name="isCrawler">Whether the client is a crawler.</param>
    /// <param name="visitors">Who gets stored pages besides crawlers.</param>
    internal static Rendition Choose(string? userAgent, bool isCrawler, VisitorPages visitors) =>
        isCrawler || visitors == VisitorPages.Prerendered ? RenditionRules.For(userAgent) : Rendition.Desktop;
}
