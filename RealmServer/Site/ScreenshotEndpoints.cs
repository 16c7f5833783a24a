using Fleet.RealmServer.Content;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Screenshots;
using Fleet.ServiceDefaults.Problems;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Site;

internal static class ScreenshotEndpoints
{
    public static void MapScreenshots(this IEndpointRouteBuilder routes) =>
        routes.MapMethods(ScreenshotAddress.Prefix + "{realm}/{file}", [HttpMethods.Get, HttpMethods.Head], FindAsync);

    /// <summary>The screenshot of a card. Cards of private realms have none.</summary>
    private static async Task<IResult> FindAsync(
        string realm, string file, string? v, HttpContext http, RealmCatalog catalog, PublicAddress address, IScreenshotStore screenshots, CancellationToken cancellationToken)
    {
        if (catalog.Current.Find(realm) is not { IsPrivate: false } found
            || ScreenshotAddress.CardOf(file) is not { } card
            || await GetAsync(screenshots, PageSource.StorageScope(found, address), address.UrlOf(found.PathOf(card)), cancellationToken) is not { } screenshot)
        {
            return FleetProblem.Result(StatusCodes.Status404NotFound, "no-screenshot", $"There is no screenshot at {http.Request.Path}.");
        }

        http.Response.Headers.CacheControl = v == screenshot.Facts.Tag ? AssetCaching.Immutable : AssetCaching.Revalidate;
        return Results.Bytes(screenshot.Bytes, "image/jpeg", entityTag: new EntityTagHeaderValue($"\"{screenshot.Facts.Tag}\""));
    }

    private static async Task<StoredScreenshot?> GetAsync(IScreenshotStore screenshots, string realm, string url, CancellationToken cancellationToken)
    {
        try
        {
            return await screenshots.GetAsync(realm, url, cancellationToken);
        }
        catch (RegistryUnavailableException e)
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "registry-away", e.Message, RegistryTtl.Repeat);
        }
    }
}
