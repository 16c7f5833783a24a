using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.ServiceDefaults.Security;

namespace Fleet.RealmServer.Site;

/// <summary>Serves pages, cards and the host app's files to visitors, crawlers and the fleet's own browser pages.</summary>
internal sealed class SiteHandler(
    RealmCatalog catalog, PublicAddress address, ReadKeys keys, Crawlers crawlers, CardResponses cards, PageHandler pages, HostAppHandler hostApp)
{
    private const string IndexPath = "/index.html";

    /// <summary>Handles GET and HEAD of any path that no other endpoint matches.</summary>
    public Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        if (path.Length > RenderLimits.MaxUrlLength)
        {
            return SiteAnswers.TooLongAsync(http, "URL's path", path.Length);
        }

        var route = SiteRoute.Of(path, catalog.Current);
        if (route.Realm is { IsPrivate: true } realm && !keys.Admit(http, realm))
        {
            return ReadKeys.RefuseAsync(http, realm);
        }

        return route.Place switch
        {
            // A crawler would index the empty shell as a page.
            SitePlace.Shell when path == IndexPath && crawlers.IsCrawler(http.Request) && !PageHandler.IsFleetBrowser(http) => SiteAnswers.RedirectAsync(http, "/"),
            SitePlace.Shell => pages.BareAsync(http, StatusCodes.Status200OK),
            SitePlace.Card when SiteAnswers.WantsJson(http) => CardAsync(http, route.Realm!, route.Card),
            SitePlace.Card => CardPageAsync(http, route.Realm!, route.Card),
            SitePlace.Cards => CardsAsync(http, route.Realm!),
            SitePlace.Realm => cards.Realm(http, route.Realm!).ExecuteAsync(http),
            SitePlace.Redirect when SiteAnswers.WantsJson(http) => CardAsync(http, route.Realm!, route.Card),
            SitePlace.Redirect => SiteAnswers.RedirectAsync(http, route.Realm!.PathOf(route.Card)),
            SitePlace.NotFound when route.Realm is not null && !SiteAnswers.WantsJson(http) => pages.BareAsync(http, StatusCodes.Status404NotFound),
            SitePlace.NotFound => SiteAnswers.NotFoundAsync(http, path),
            SitePlace.HostFile => hostApp.FileAsync(http, path),
            _ => hostApp.AnswerAsync(http, path),
        };
    }

    private Task CardPageAsync(HttpContext http, Realm realm, string card) => CardFiles.VersionOf(realm, card) is not { } version
        ? pages.BareAsync(http, StatusCodes.Status404NotFound)
        : pages.PageAsync(http, PageSource.OfCard(realm, card, version, address));

    private async Task CardAsync(HttpContext http, Realm realm, string card) =>
        await (await cards.CardAsync(http, realm, card)).ExecuteAsync(http);

    private async Task CardsAsync(HttpContext http, Realm realm) =>
        await (await cards.CardsAsync(http, realm)).ExecuteAsync(http);
}

internal static class SiteEndpoints
{
    public static void MapSite(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(RealmSet.AnnouncementPath, [HttpMethods.Get, HttpMethods.Head], static (HttpContext http, CardResponses cards) => cards.Realms(http));

        // A RequestDelegate avoids parameter binding and result conversion on the hot path.
        var site = routes.ServiceProvider.GetRequiredService<SiteHandler>();
        routes.MapMethods("/{**path}", [HttpMethods.Get, HttpMethods.Head], site.AnswerAsync).WithMetadata(new TenantContentAttribute());
    }
}
