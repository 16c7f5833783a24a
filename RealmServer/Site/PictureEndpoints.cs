using Fleet.RealmServer.Content;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Pictures;
using Fleet.ServiceDefaults.Problems;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Site;

internal static class PictureEndpoints
{
    public static void MapPictures(this IEndpointRouteBuilder routes) =>
        routes.MapMethods(PictureAddress.Prefix + "{realm}/{file}", [HttpMethods.Get, HttpMethods.Head], FindAsync);

    /// <summary>The picture of a card; none of a private realm has one.</summary>
    private static async Task<IResult> FindAsync(
        string realm, string file, string? v, HttpContext http, RealmCatalog catalog, PublicAddress address, IPictureStore pictures, CancellationToken cancellationToken)
    {
        if (catalog.Current.Find(realm) is not { IsPrivate: false } found
            || PictureAddress.CardOf(file) is not { } card
            || await GetAsync(pictures, PageSource.StorageScope(found, address), address.UrlOf(found.PathOf(card)), cancellationToken) is not { } picture)
        {
            return FleetProblem.Result(StatusCodes.Status404NotFound, "no-picture", $"There is no picture at {http.Request.Path}.");
        }

        http.Response.Headers.CacheControl = v == picture.Facts.Tag ? AssetCaching.Immutable : AssetCaching.Revalidate;
        return Results.Bytes(picture.Bytes, "image/jpeg", entityTag: new EntityTagHeaderValue($"\"{picture.Facts.Tag}\""));
    }

    private static async Task<StoredPicture?> GetAsync(IPictureStore pictures, string realm, string url, CancellationToken cancellationToken)
    {
        try
        {
            return await pictures.GetAsync(realm, url, cancellationToken);
        }
        catch (RegistryUnavailableException e)
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "registry-unavailable", e.Message, RegistryTtl.Repeat);
        }
    }
}
