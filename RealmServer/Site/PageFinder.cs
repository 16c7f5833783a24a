using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Indexing;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Site;

/// <summary>Finds what is sent for a page: what is stored, what a render within a crawler's timeout brings, or the shell.</summary>
internal sealed class PageFinder(
    PageCache cache, OnDemandRenders onDemand, PageFailures failures, PageDecisions decisions, ShellPages shells, Crawlers crawlers, CardScreenshots screenshots)
{
    public async ValueTask<ServedPage> FindAsync(HttpContext http, PageSource source)
    {
        var crawler = crawlers.Asks(http.Request);
        var found = await FindAsync(http, source, crawler);
        if (crawler && found.LacksScreenshot)
        {
            screenshots.Ask(source);
        }

        return found;
    }

    private async ValueTask<ServedPage> FindAsync(HttpContext http, PageSource source, bool crawler)
    {
        var shell = shells.Current;
        var page = await cache.FindAsync(source, shell, http.RequestAborted);
        var decision = decisions.On(page?.State, source, crawler);
        var stored = decision.UseStored ? page!.Served : null;
        if (decision.Render == PageRender.No || !onDemand.IsOn)
        {
            return stored ?? shells.Bare(StatusCodes.Status200OK);
        }

        if (failures.Find(source) is { } failure)
        {
            return stored ?? Failed(failure, shell, crawler);
        }

        if (decision.Render == PageRender.Queue)
        {
            onDemand.Queue(source);
            return stored ?? shells.Bare(StatusCodes.Status200OK);
        }

        return await onDemand.AwaitAsync(source, http.RequestAborted) switch
        {
            PageOutcome.Stored rendered => new(ComposedPage.Of(rendered.Page, shell), shell),
            PageOutcome.Unresolved { Page: { } rendered } => stored ?? Passing(rendered, shell),
            PageOutcome.Failed failed => stored ?? Failed(failed, shell, crawler),
            _ => stored ?? shells.Bare(StatusCodes.Status200OK),
        };
    }

    // Its own words and its own status, as "404, no such page". One that has no words is an error of the app; a crawler that was told
    // "200" would take the empty shell for the page.
    private ServedPage Failed(PageOutcome.Failed failure, ShellDocument shell, bool crawler)
    {
        if (failure.Page is { } page && ComposedPage.Of(page, shell) is { Matter: not ContentKind.Shell } composed)
        {
            return new(composed, shell) { Passing = true };
        }

        return crawler && failure.Page is { Status: >= StatusCodes.Status400BadRequest and var status }
            ? new(ComposedPage.Bare(shell, status), shell) { Passing = true }
            : shells.Bare(StatusCodes.Status200OK);
    }

    private static ServedPage Passing(StoredPage page, ShellDocument shell) => new(ComposedPage.Of(page, shell), shell) { Passing = true };
}
