using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.IndexNow;
using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>Stores pages within the bounds of their storage scope, each with its latest screenshot.</summary>
internal sealed class PageWriter(
    IPageStore store, IScreenshotStore screenshots, PublicAddress address, ListedRoutes listed, ChangedPages changed, IOptions<PagesOptions> options)
{
    /// <summary>The circle that a page's redirect closes with those of stored pages of the same shell; null if there is none.</summary>
    /// <exception cref="Registry.RegistryUnavailableException">The registry is unavailable.</exception>
    public async Task<IReadOnlyList<string>?> CircleOfAsync(StoredPage page, CancellationToken cancellationToken) => page.RedirectUrl is not { } target ? null
        : await RedirectCircle.FindAsync(page.Url, target,
            async url => await store.GetAsync(page.Realm, url, cancellationToken) is { } next && next.Generation == page.Generation ? next.RedirectUrl : null);

    /// <summary>Stores a page.</summary>
    /// <exception cref="Registry.RegistryUnavailableException">The registry is unavailable, so nothing can be stored.</exception>
    public async Task<PageOutcome> StoreAsync(PageSource source, StoredPage page, CancellationToken cancellationToken)
    {
        var stored = page with { Screenshot = await ScreenshotOfAsync(source, page, cancellationToken) };
        var isNoted = changed.IsOn && listed.Contains(source, page.Status, page.IsNoIndex);
        var before = isNoted ? (await store.GetAsync(page.Realm, page.Url, cancellationToken))?.ETag : null;
        var bounds = source.IsRoute ? options.Value.BoundsOfRoutes : options.Value.BoundsOfRealm;
        var result = await store.StoreAsync(stored, bounds, cancellationToken);
        if (result == StoreResult.Full)
        {
            return new PageOutcome.Failed(
                $"The realm is full: at most {options.Value.MaxRealmMb} MB of its pages are stored. The page is not served; raise Pages:MaxRealmMb.", page.Generation);
        }

        if (source.Realm is { } realm && CardFiles.VersionOf(realm, source.CardId) is null && Directory.Exists(realm.Folder))
        {
            // The card was deleted during its render, and the index may have processed the deletion already. The check must follow the store: if the
            // card is deleted after the check, the page is already stored, and the index removes it.
            await store.RemoveAsync(page.Realm, page.Url, page.SourceVersion, cancellationToken);
            return new PageOutcome.Gone();
        }

        if (isNoted && result == StoreResult.Stored && before != page.ETag)
        {
            changed.Add(page.Url);
        }

        return new PageOutcome.Stored(stored) { IsSuperseded = result == StoreResult.Outdated };
    }

    // An outdated screenshot is better than none until the next one is taken.
    private async Task<PageScreenshot?> ScreenshotOfAsync(PageSource source, StoredPage page, CancellationToken cancellationToken) =>
        source.Realm is { IsPrivate: false } realm && page.Formats.ContainsKey(RenderFormat.Fitted)
        && await screenshots.GetFactsAsync(source.RealmUrl, source.Url, cancellationToken) is { } facts
            ? new(address.UrlOf(ScreenshotAddress.PathOf(realm, source.CardId, facts.Tag)), facts.Tag, facts.Width, facts.Height)
            : null;
}
