using Fleet.PrerenderServer.Rendering.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.PrerenderServer.Endpoints;

/// <summary>The latest failed renders, for people.</summary>
internal static class FailureEndpoints
{
    /// <summary>Maps <c>GET /failures</c>, <c>/failures/{id}</c> and <c>/failures/{id}/screenshot</c>.</summary>
    public static void MapFailures(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/failures", static (FailureLog failures, ServerIdentity server) => TypedResults.Ok(failures.All.Select(failure => failure.Summarize(server))));
        routes.MapGet("/failures/{id:long}", Find);
        routes.MapGet("/failures/{id:long}/screenshot", Screenshot);
    }

    private static Results<Ok<Failure>, NotFound> Find(long id, FailureLog failures) =>
        failures.Find(id) is { } failure ? TypedResults.Ok(failure) : TypedResults.NotFound();

    private static Results<FileContentHttpResult, NotFound> Screenshot(long id, FailureLog failures) =>
        failures.Find(id)?.Screenshot is { } screenshot ? TypedResults.File(screenshot, "image/jpeg") : TypedResults.NotFound();
}
