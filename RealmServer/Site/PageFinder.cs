using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Indexing;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Site;

/// <summary>Finds the response to a page request: the stored page, the result of a render within the crawler's timeout, or the shell.</summary>
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
            return stored ?? CreateFailed(failure, shell, crawler);
        }

        if (decision.Render == PageRender.Queue)
        {
            onDemand.Queue(source);
            return stored ?? shells.Bare(StatusCodes.Status200OK);
        }

        return await onDemand.AwaitAsync(source, http.RequestAborted) switch
        {
            PageOutcome.Stored rendered => new(ComposedPage.Of(rendered.Page, shell), shell),
            PageOutcome.Unresolved { Page: { } rendered } => stored ?? CreateTransient(rendered, shell),
            PageOutcome.Failed failed => stored ?? CreateFailed(failed, shell, crawler),
            _ => stored ?? shells.Bare(StatusCodes.Status200OK),
        };
    }

    // A failed page with content is sent with its own status, such as a "not found" page with 404. Without content, a crawler gets the error status with
    // the bare shell: with 200 it would index the empty shell.
    private ServedPage CreateFailed(PageOutcome.Failed failure, ShellDocument shell, bool crawler)
    {
        if (failure.Page is { } page && ComposedPage.Of(page, shell) is { Matter: not ContentKind.Shell } composed)
        {
            return new(composed, shell) { Passing = true };
        }

        return crawler && failure.Page is { Status: >= StatusCodes.Status400BadRequest and var status }
            ? new(ComposedPage.Bare(shell, status), shell) { Passing = true }
            : shells.Bare(StatusCodes.Status200OK);
    }

    private static ServedPage CreateTransient(StoredPage page, ShellDocument shell) => new(ComposedPage.Of(page, shell), shell) { Passing = true };
}
