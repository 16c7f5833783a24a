using Fleet.RealmServer.Content;
using Fleet.RealmServer.Indexing;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http.Features;

namespace Fleet.RealmServer.Site;

/// <summary>Endpoints that write and delete cards at their URLs. They require the admin key.</summary>
internal static class CardWriteEndpoints
{
    public static void MapCardWrites(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/{realm}/{card}", PutAsync).RequireAdminKey();
        routes.MapDelete("/{realm}/{card}", DeleteAsync).RequireAdminKey();
    }

    private static async Task<IResult> PutAsync(
        string realm, string card, HttpContext http, RealmCatalog catalog, CardWriter writer, Indexer indexer, CancellationToken cancellationToken)
    {
        // The writer enforces Realms:MaxCardBytes, which may exceed Kestrel's limit.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var found = Find(catalog, realm);
        var (etag, created) = await writer.WriteAsync(found, card, http.Request.Body, CardConditions.Of(http.Request), cancellationToken);
        indexer.SourcesMayHaveChanged();
        http.Response.Headers.ETag = etag;
        return created ? TypedResults.Created(found.PathOf(card)) : TypedResults.NoContent();
    }

    private static async Task<IResult> DeleteAsync(
        string realm, string card, HttpContext http, RealmCatalog catalog, CardWriter writer, Indexer indexer, CancellationToken cancellationToken)
    {
        var found = Find(catalog, realm);
        if (!await writer.DeleteAsync(found, card, CardConditions.Of(http.Request), cancellationToken))
        {
            return FleetProblem.Result(StatusCodes.Status404NotFound, "unknown-card", $"The realm {found.Path} has no card '{card}'.");
        }

        indexer.SourcesMayHaveChanged();
        return TypedResults.NoContent();
    }

    private static Realm Find(RealmCatalog catalog, string realm) => catalog.Current.Find(realm)
        ?? throw new RequestException(StatusCodes.Status404NotFound, "unknown-realm", $"There is no realm '{realm}'.");
}
