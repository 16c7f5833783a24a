using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>Stores pages, within their bounds, each with the screenshot that there is of it.</summary>
internal sealed class PageWriter(IPageStore store, IScreenshotStore screenshots, PublicAddress address, IOptions<PagesOptions> options)
{
    /// <exception cref="Registry.RegistryUnavailableException">Nothing can be stored now.</exception>
    public async Task<PageOutcome> StoreAsync(PageSource source, StoredPage page, CancellationToken cancellationToken)
    {
        var kept = page with { Screenshot = await ScreenshotOfAsync(source, page, cancellationToken) };
        var bounds = source.IsRoute ? options.Value.BoundsOfRoutes : options.Value.BoundsOfRealm;
        var result = await store.StoreAsync(kept, bounds, cancellationToken);
        if (result == StoreResult.Full)
        {
            return new PageOutcome.Failed(
                $"The realm is full: it keeps at most {options.Value.MaxRealmMb} MB of pages. The page is served as the bare shell; raise Pages:MaxRealmMb.", page.Generation);
        }

        if (source.Realm is { } realm && CardFiles.VersionOf(realm, source.CardId) is null && Directory.Exists(realm.Folder))
        {
            // The card was deleted while it was rendered, and the index may have been here already. Looked at only now: a card that is deleted
            // after this look finds its page stored, and the index removes it.
            await store.RemoveAsync(page.Realm, page.Url, page.SourceVersion, cancellationToken);
            return new PageOutcome.Gone();
        }

        return new PageOutcome.Stored(kept) { IsSuperseded = result == StoreResult.Outdated };
    }

    // An earlier look is better than none until the next screenshot is taken.
    private async Task<PageScreenshot?> ScreenshotOfAsync(PageSource source, StoredPage page, CancellationToken cancellationToken) =>
        source.Realm is { IsPrivate: false } realm && page.Formats.ContainsKey(RenderFormat.Fitted)
        && await screenshots.GetFactsAsync(source.RealmUrl, source.Url, cancellationToken) is { } facts
            ? new(address.UrlOf(ScreenshotAddress.PathOf(realm, source.CardId, facts.Tag)), facts.Tag, facts.Width, facts.Height)
            : null;
}
