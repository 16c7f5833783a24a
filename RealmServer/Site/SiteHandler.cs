using System.Globalization;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.RealmServer.Site.Crawling;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Fleet.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Site;

/// <summary>Serves pages, cards and the host app's files to visitors, crawlers and the fleet's own browser pages.</summary>
internal sealed class SiteHandler(
    ShellPages shells, RealmCatalog catalog, PublicAddress address, ReadKeys keys, PageAddress addresses, Crawlers crawlers, PageFinder pages, CardResponses cards, HostAppFiles files, CrawlerFiles crawlerFiles,
    RealmMetrics metrics)
{
    private const string IndexPath = "/index.html";

    /// <summary>Handles GET and HEAD of any path that no other endpoint matches.</summary>
    public Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        if (path.Length > RenderLimits.MaxUrlLength)
        {
            return TooLongAsync(http, "URL's path", path.Length);
        }

        var route = SiteRoute.Of(path, catalog.Current);
        if (route.Realm is { IsPrivate: true } realm && !keys.Admit(http, realm))
        {
            return ReadKeys.RefuseAsync(http, realm);
        }

        return route.Place switch
        {
            // A crawler would index the empty shell as a page.
            SitePlace.Shell when path == IndexPath && crawlers.Asks(http.Request) && !IsFleetBrowser(http) => RedirectAsync(http, "/"),
            SitePlace.Shell => WriteAsync(http, shells.Bare(StatusCodes.Status200OK)),
            SitePlace.Card when WantsJson(http) => CardAsync(http, route.Realm!, route.Card),
            SitePlace.Card => CardPageAsync(http, route.Realm!, route.Card),
            SitePlace.Cards => CardsAsync(http, route.Realm!),
            SitePlace.Realm => cards.Realm(http, route.Realm!).ExecuteAsync(http),
            SitePlace.Redirect when WantsJson(http) => CardAsync(http, route.Realm!, route.Card),
            SitePlace.Redirect => RedirectAsync(http, route.Realm!.PathOf(route.Card)),
            SitePlace.NotFound when route.Realm is not null && !WantsJson(http) => WriteAsync(http, shells.Bare(StatusCodes.Status404NotFound)),
            SitePlace.NotFound => NotFoundAsync(http, path),
            _ => HostAppAsync(http, path),
        };
    }

    private static bool WantsJson(HttpContext http) => AcceptHeader.PrefersJson(http.Request.Headers.Accept);

    // The same URL may be a page for clients that accept HTML, and may exist a moment later.
    private static Task NotFoundAsync(HttpContext http, string path)
    {
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        http.Response.Headers.CacheControl = "no-store";
        return FleetProblem.Result(StatusCodes.Status404NotFound, "not-found", $"There is nothing at {path}.").ExecuteAsync(http);
    }

    private static Task RedirectAsync(HttpContext http, string path) =>
        Results.Redirect(path + http.Request.QueryString, permanent: true, preserveMethod: true).ExecuteAsync(http);

    // A render must load the bare shell, not an earlier prerendered page.
    private static bool IsFleetBrowser(HttpContext http) =>
        http.Request.Headers.UserAgent.ToString().Contains(FleetHeaders.UserAgentProduct, StringComparison.Ordinal);

    private Task CardPageAsync(HttpContext http, Realm realm, string card) => CardFiles.VersionOf(realm, card) is not { } version
        ? WriteAsync(http, shells.Bare(StatusCodes.Status404NotFound))
        : PageAsync(http, PageSource.OfCard(realm, card, version, address));

    private Task PageAsync(HttpContext http, PageSource source) => IsFleetBrowser(http)
        ? WriteAsync(http, shells.Bare(StatusCodes.Status200OK))
        : AnswerPageAsync(http, source);

    private async Task AnswerPageAsync(HttpContext http, PageSource source) => await WriteAsync(http, await pages.FindAsync(http, source));

    private async Task CardAsync(HttpContext http, Realm realm, string card) =>
        await (await cards.CardAsync(http, realm, card)).ExecuteAsync(http);

    private async Task CardsAsync(HttpContext http, Realm realm) =>
        await (await cards.CardsAsync(http, realm)).ExecuteAsync(http);

    private Task WriteAsync(HttpContext http, ServedPage page)
    {
        metrics.PageServed(page.Matter);
        if (page.Unavailability is { } why && Navigation.OfAccept(http.Request.Headers.Accept) == false)
        {
            http.Response.Headers.RetryAfter = why.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            http.Response.Headers.CacheControl = "no-store";
            return FleetProblem.Result(why.Status, why.Reason, why.Detail).ExecuteAsync(http);
        }

        return PageResponse.WriteAsync(http, page);
    }

    private Task HostAppAsync(HttpContext http, string path) => files.Find(path) switch
    {
        HostAppFile.Found => FileAsync(http, path),
        HostAppFile.Unserved => NotFoundAsync(http, path),
        _ => RouteOrNoneAsync(http, path),
    };

    private Task RouteOrNoneAsync(HttpContext http, string path) => path == CrawlerFiles.RobotsPath ? crawlerFiles.RobotsAsync(http)
        : path == CrawlerFiles.SitemapPath ? crawlerFiles.SitemapAsync(http)
        : WantsJson(http) || !Navigation.IsPage(RequestTraits.Of(http.Request, crawlers.Asks(http.Request)), files.TraitsOf(path)) ? NotFoundAsync(http, path)
        : RouteAsync(http);

    private async Task FileAsync(HttpContext http, string path)
    {
        http.SuppressTrace();
        try
        {
            await files.SendAsync(http, path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && !http.Response.HasStarted)
        {
            // A deploy removed it since it was found.
            http.Response.Clear();
            await NotFoundAsync(http, path);
        }
    }

    private Task RouteAsync(HttpContext http)
    {
        var page = address.UrlOf(addresses.Of(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget));
        return page.Length <= RenderLimits.MaxUrlLength ? PageAsync(http, new(PageSource.RoutesKeptUnder(address), page, Version: 0))
            : crawlers.Asks(http.Request) ? TooLongAsync(http, "URL", page.Length)
            // The app itself can open it: the answer of a sign-in service may be long.
            : WriteAsync(http, shells.Bare(StatusCodes.Status200OK));
    }

    private static Task TooLongAsync(HttpContext http, string what, int length) => FleetProblem.Result(
        StatusCodes.Status414UriTooLong, "url-too-long", $"The {what} has {length} characters; the maximum is {RenderLimits.MaxUrlLength}.").ExecuteAsync(http);
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
