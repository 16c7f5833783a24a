using Fleet.RealmServer.Content;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Pages;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Indexing;

internal static class IndexEndpoints
{
    private static readonly SelfContainedPage s_page = SelfContainedPage.Load(typeof(IndexEndpoints).Assembly, "Fleet.RealmServer.Indexing.IndexPage", ["Fleet.RealmServer.Indexing.IndexPage"]);

    public static void MapIndex(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").RefuseForeignCallers(allowNavigation: true);
        pages.MapGet("/_index", StatusAsync);
        pages.MapGet("/_index/events", Events);
        pages.MapGet("/_index/diagnostics", Diagnostics);
        routes.MapPost("/_index", Run).RequireAdminKey();
    }

    /// <summary>The status of the index: HTML for browsers, JSON for all other clients.</summary>
    private static async Task<IResult> StatusAsync(HttpContext http, IndexProgress progress, StoredRoutes routes, ReadKeys keys, CancellationToken cancellationToken)
    {
        http.Response.Headers.Vary = $"{HeaderNames.Accept}, {HeaderNames.Authorization}";
        http.Response.Headers.CacheControl = "private, no-cache";
        if (!http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            || AcceptHeader.PrefersJson(http.Request.Headers.Accept))
        {
            var counts = await routes.CountAsync(cancellationToken);
            return TypedResults.Ok(progress.StatusFor(realm => keys.MayRead(http.Request, realm)) with { Routes = counts });
        }

        return s_page.Respond(http.Response);
    }

    /// <summary>The status as server-sent events, one per change. Failures and problems are omitted, since there may be many.</summary>
    private static IResult Events(HttpContext http, IndexEvents events, StreamLimiter limiter, ReadKeys keys, CancellationToken cancellationToken) =>
        limiter.Enter(http, "GET /_index") is { } full ? full
            : TypedResults.ServerSentEvents(limiter.LimitAsync(token => events.ListenAsync(realm => keys.MayRead(http.Request, realm), token), cancellationToken));

    private static Results<Ok<Contracts.RenderDiagnostics>, ProblemHttpResult> Diagnostics(
        string? url, HttpContext http, IndexProgress progress, ReadKeys keys) =>
        url is not null && progress.Find(url) is { Diagnostics: { } diagnostics } failure && (failure.Realm is not { } realm || keys.MayRead(http.Request, realm))
            ? TypedResults.Ok(diagnostics)
            : FleetProblem.Result(StatusCodes.Status404NotFound, "no-diagnostics", "The query parameter url names no card that failed in the latest pass.");

    /// <summary>Requests a pass. Cards that failed are rendered again.</summary>
    private static Accepted Run(Indexer indexer)
    {
        indexer.Request();
        return TypedResults.Accepted("/_index");
    }
}
