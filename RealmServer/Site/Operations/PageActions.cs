using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Sitemaps;

namespace Fleet.RealmServer.Site.Operations;

/// <summary>Recaches, purges and warms pages for operators, in all renditions or in one. Repeating a request is harmless.</summary>
internal sealed class PageActions(
    PageDirectory directory, PageTargets targets, PageRenditions renditions, SitemapReader sitemaps, PublicAddress address, OnDemandRenders onDemand, PageFailures failures, IPageStore store, IScreenshotStore screenshots)
{
    private const string QueueFull = "The queue is full (Pages:MaxQueued): repeat the request later.";

    private const string NoRendition = "Pages have no mobile rendition (Fleet:Renditions).";

    private static readonly PageResult[] s_byWeight = [PageResult.Refused, PageResult.Accepted, PageResult.Purged, PageResult.Known, PageResult.Absent];

    /// <summary>Queues renders of the pages, stored or not, whether or not they are up to date.</summary>
    public Task<PagesReport> RecacheAsync(PagesRequest request, CancellationToken cancellationToken) =>
        RunAsync(request, page => Task.FromResult(Queue(page, isForced: true)), cancellationToken);

    /// <summary>Removes the stored pages with their screenshots.</summary>
    public Task<PagesReport> PurgeAsync(PagesRequest request, CancellationToken cancellationToken) => RunAsync(request, async page =>
    {
        failures.Forget(page);
        var removed = await store.RemoveAsync(page.Scope, page.Url, long.MaxValue, cancellationToken);
        if (removed && page is { IsRoute: false, Rendition: Rendition.Desktop })
        {
            await screenshots.RemoveAsync(page.RealmUrl, page.Url, cancellationToken);
        }

        return new(page.Url, removed ? PageResult.Purged : PageResult.Absent);
    }, cancellationToken);

    /// <summary>Queues renders of the pages that are not stored or are out of date.</summary>
    public async Task<PagesReport> RenderOutdatedAsync(PagesRequest request, CancellationToken cancellationToken)
    {
        var current = (await directory.ReadAsync(cancellationToken)).Where(static page => page.State != PageState.Outdated)
            .Select(static page => page.Source.Key).ToHashSet(StringComparer.Ordinal);
        return await RunAsync(
            request, page => Task.FromResult(current.Contains(page.Key) ? new(page.Url, PageResult.Known) : Queue(page, isForced: false)), cancellationToken);
    }

    // This server answers for all URLs of the site, so its requests do not pass a proxy.
    private SitemapSite Site => new(new(address.UrlOf("/")), new(address.OwnUrl ?? address.UrlOf("/")));

    private PageActionReport Queue(PageSource page, bool isForced) =>
        onDemand.QueueLast(page, isForced) ? new(page.Url, PageResult.Accepted) : new(page.Url, PageResult.Refused, QueueFull) { Refusal = PageRefusal.QueueFull };

    private async Task<PagesReport> RunAsync(PagesRequest request, Func<PageSource, Task<PageActionReport>> act, CancellationToken cancellationToken)
    {
        var (chosen, next) = await ChooseAsync(request, cancellationToken);
        var reports = new List<PageActionReport>();
        foreach (var target in chosen)
        {
            reports.Add(target.Source is { } page ? await ActAsync(page, request.Rendition, act) : new(target.Url, PageResult.Refused, target.WhyNot) { Refusal = PageRefusal.NoPage });
        }

        return new() { Pages = reports, Counts = reports.CountBy(static report => report.Result).ToDictionary(), Next = next };
    }

    // A page has one report, whatever the number of its renditions: the most informative one.
    private async Task<PageActionReport> ActAsync(PageSource page, Rendition? only, Func<PageSource, Task<PageActionReport>> act)
    {
        var reports = new List<PageActionReport>();
        foreach (var rendition in renditions.Of(page).Where(rendition => only is null || rendition.Rendition == only))
        {
            reports.Add(await act(rendition));
        }

        return reports.Count == 0 ? new(page.Url, PageResult.Refused, NoRendition) { Refusal = PageRefusal.NoRendition } : reports.MinBy(static report => Array.IndexOf(s_byWeight, report.Result))!;
    }

    private async Task<(IReadOnlyList<PageTarget> Pages, string? Next)> ChooseAsync(PagesRequest request, CancellationToken cancellationToken) =>
        PageSelection.Page(await FindAsync(request, cancellationToken), static page => page.Url, request.After, PagesRequest.MaxPages);

    private async Task<IEnumerable<PageTarget>> FindAsync(PagesRequest request, CancellationToken cancellationToken)
    {
        if ((request.Urls ?? (request.Sitemap is { } sitemap ? await sitemaps.ReadAsync(sitemap, Site, cancellationToken) : null)) is { } urls)
        {
            return urls.Select(targets.Find).DistinctBy(static page => page.Url, StringComparer.Ordinal).OrderBy(static page => page.Url, StringComparer.Ordinal);
        }

        var (prefix, pattern) = (targets.UrlOf(request.Prefix ?? ""), targets.UrlOf(request.Pattern ?? "*"));
        return (await directory.ReadAsync(cancellationToken))
            .Where(page => page.Url.StartsWith(prefix, StringComparison.Ordinal) && Wildcard.Matches(page.Url, pattern))
            .DistinctBy(static page => page.Url, StringComparer.Ordinal)
            .Select(static page => new PageTarget(page.Url, page.Source));
    }
}
