using Fleet.RealmServer.Content;
using Fleet.Registry;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Site.Search;

internal static class SearchEndpoints
{
    private const int MaxQueryLength = 200;

    private const int MaxLimit = 100;

    private const int DefaultLimit = 20;

    public static void MapSearch(this IEndpointRouteBuilder routes) => routes.MapGet("/_search", FindAsync).RequireRateLimiting(nameof(SearchLimiter));

    /// <summary>Finds pages that contain all words of <c>q</c>, in one realm or in all. A private realm is searched only if the request carries its key.</summary>
    private static async Task<IResult> FindAsync(
        HttpContext http, string? q, string? realm, int? limit, SearchIndex index, RealmCatalog catalog, ReadKeys keys, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(q) || q.Length > MaxQueryLength)
        {
            return Bad($"The query parameter q has {q?.Length ?? 0} characters; it must have 1 to {MaxQueryLength}.");
        }

        if (limit is < 1 or > MaxLimit)
        {
            return Bad($"The query parameter limit is {limit}; it must be between 1 and {MaxLimit}.");
        }

        // Without the key, a private realm is indistinguishable from one that does not exist.
        var realms = catalog.Current.ById.Values.Where(each => (realm is null || each.Id == realm) && keys.MayRead(http.Request, each)).ToList();
        if (realm is not null && realms.Count == 0)
        {
            throw new RequestException(StatusCodes.Status404NotFound, "unknown-realm", $"There is no realm '{realm}'.");
        }

        try
        {
            http.Response.Headers.Vary = HeaderNames.Authorization;
            http.Response.Headers.CacheControl = realms.Exists(each => each.IsPrivate) ? "private, no-cache" : "no-cache";
            return TypedResults.Ok(await index.FindAsync(q, realms, limit ?? DefaultLimit, cancellationToken));
        }
        catch (RegistryUnavailableException e)
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "registry-away", e.Message, RegistryTtl.Repeat);
        }
    }

    private static ProblemHttpResult Bad(string message) => FleetProblem.Result(StatusCodes.Status400BadRequest, "bad-search", message);
}
