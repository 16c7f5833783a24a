using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Site;

/// <summary>Reads what is stored of a page before it is rendered.</summary>
internal sealed class CurrentPages(IPageStore store, PageDecisions decisions, ShellPages shells, SourceVersions versions)
{
    /// <summary>The stored page, null if there is none, and whether it is as good as a new render.</summary>
    /// <exception cref="Registry.RegistryUnavailableException">The registry is unavailable.</exception>
    public async Task<(StoredPage? Page, bool IsCurrent)> FindAsync(PageSource source, CancellationToken cancellationToken)
    {
        var page = await store.GetAsync(source.Scope, source.Url, cancellationToken);
        return (page, page is not null && decisions.On(StoredState.Of(page, ComposedPage.Of(page, shells.Current).Kind), source, crawler: false).Render == PageRender.No);
    }

    /// <summary>What is known of a page before its render.</summary>
    public RenderBasis BasisOf(PageSource source, StoredPage? stored) => RenderBasis.Of(source, stored, versions);
}
