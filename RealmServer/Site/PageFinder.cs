using Fleet.RealmServer.Agents;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Indexing;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Site;

/// <summary>Finds the response to a page request. A visitor gets the stored page or the shell; a crawler gets the stored page or the result of a render within its
/// timeout, and otherwise an error, never an empty page with the status 200.</summary>
internal sealed class PageFinder(
    PageCache cache, OnDemandRenders onDemand, PageFailures failures, PageDecisions decisions, ShellPages shells, Crawlers crawlers, VerifiedCrawlers verified,
    FirstRenderLimiter firstRenders, CardScreenshots screenshots)
{
    public async ValueTask<ServedPage> FindAsync(HttpContext http, PageSource source)
    {
        var shell = shells.Current;
        if (!crawlers.IsCrawler(http.Request))
        {
            return await FindForVisitorAsync(http, source, shell) ?? shells.Bare(StatusCodes.Status200OK);
        }

        var found = await FindForCrawlerAsync(http, source, shell);
        if (found.LacksScreenshot)
        {
            screenshots.Request(source);
        }

        // The app's shell no longer takes content, so its stored pages would be sent as the bare shell.
        return found is { Kind: ContentKind.Shell, Status: StatusCodes.Status200OK } && !onDemand.IsOffFor(source) ? Create(Unavailability.NotRendered, shell) : found;
    }

    private async ValueTask<ServedPage?> FindForVisitorAsync(HttpContext http, PageSource source, ShellDocument shell)
    {
        var page = await cache.FindAsync(source, shell, http.RequestAborted);
        var decision = decisions.On(page?.State, source, crawler: false);
        var stored = decision.UseStored && decisions.IsForVisitors(page!.State.Kind) ? page.Served : null;
        if (decision.Render == PageRender.No || !onDemand.IsOn)
        {
            return stored;
        }

        if (failures.Find(source) is { } failure)
        {
            return stored ?? (CreateFailed(failure.Outcome, shell) is { Kind: not ContentKind.Shell } failed && decisions.IsForVisitors(failed.Kind) ? failed : null);
        }

        if (TryAdmit(http, source, page, out _))
        {
            onDemand.Queue(source);
        }

        return stored;
    }

    private async ValueTask<ServedPage> FindForCrawlerAsync(HttpContext http, PageSource source, ShellDocument shell)
    {
        var page = await cache.FindAsync(source, shell, http.RequestAborted);
        var decision = decisions.On(page?.State, source, crawler: true);
        var stored = decision.UseStored ? page!.Served : null;
        if (decision.Render == PageRender.No || !onDemand.IsOn)
        {
            return stored ?? shells.Bare(StatusCodes.Status200OK);
        }

        if (failures.Find(source) is { } failure)
        {
            return stored ?? CreateFailed(failure.Outcome, shell) ?? Create(Unavailability.Failed(failure.Left, failure.Outcome.Detail), shell);
        }

        if (decision.Render == PageRender.Queue)
        {
            onDemand.Queue(source);
            return stored ?? Create(Unavailability.NotRendered, shell);
        }

        if (!TryAdmit(http, source, page, out var wait))
        {
            return Create(Unavailability.TooManyNewPages(wait), shell);
        }

        return await onDemand.AwaitAsync(source, await verified.IsVerifiedAsync(http), http.RequestAborted) switch
        {
            PageOutcome.Stored rendered => new(ComposedPage.Of(rendered.Page, shell), shell),
            PageOutcome.Unresolved { Page: { } rendered } => stored ?? CreateTransient(rendered, shell),
            PageOutcome.Failed failed => stored ?? CreateFailed(failed, shell) ?? Create(Unavailability.Failed(failures.Find(source)?.Left ?? default, failed.Detail), shell),
            PageOutcome.Gone => new(ComposedPage.Bare(shell, StatusCodes.Status404NotFound), shell) { IsTransient = true },
            _ => stored ?? Create(Unavailability.NotRendered, shell),
        };
    }

    // Only the first render of a route is limited.
    private bool TryAdmit(HttpContext http, PageSource source, CachedPage? page, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        return page is not null || !source.IsRoute || onDemand.IsPending(source) || firstRenders.TryAdmit(http.Connection.RemoteIpAddress, out wait);
    }

    // A failed page with content is sent with its own status, such as a "not found" page with 404. Without content, its status is sent with the bare shell. Null if
    // it has neither: it failed before it had a status.
    private static ServedPage? CreateFailed(PageOutcome.Failed failure, ShellDocument shell) => failure.Page switch
    {
        { } page when ComposedPage.Of(page, shell) is { Kind: not ContentKind.Shell } composed => new(composed, shell) { IsTransient = true },
        { Status: >= StatusCodes.Status400BadRequest and var status } => new(ComposedPage.Bare(shell, status), shell) { IsTransient = true },
        _ => null,
    };

    private static ServedPage CreateTransient(StoredPage page, ShellDocument shell) => new(ComposedPage.Of(page, shell), shell) { IsTransient = true };

    private static ServedPage Create(Unavailability why, ShellDocument shell) => new(why.ToPage(), shell) { IsTransient = true, Unavailability = why };
}
