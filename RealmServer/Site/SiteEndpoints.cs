using Fleet.RealmServer.Content;

namespace Fleet.RealmServer.Site;

internal static class SiteEndpoints
{
    public static void MapSite(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(RealmSet.AnnouncementPath, [HttpMethods.Get, HttpMethods.Head], static (HttpContext http, CardResponses cards) => cards.Realms(http));

        // A plain delegate: nothing is bound or converted on the way to a page.
        var site = routes.ServiceProvider.GetRequiredService<SiteHandler>();
        routes.MapMethods("/{**path}", [HttpMethods.Get, HttpMethods.Head], site.AnswerAsync);
    }
}
