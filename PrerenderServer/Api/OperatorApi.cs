using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fleet.PrerenderServer.Api;

/// <summary>What an operator wants of this server, by way of the manager or directly. Each says what it does.</summary>
internal static class OperatorApi
{
    /// <summary>Maps <c>POST /recycle</c>, <c>POST /drain</c> and <c>DELETE /affinities/{key}</c>. They want the admin key.</summary>
    public static void MapOperatorApi(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("").RequireAdminKey();
        routes.MapPost("/recycle", Recycle);
        routes.MapPost("/drain", Drain);
        routes.MapDelete("/affinities/{**key}", Evict);
    }

    private static Ok<ServerActed> Recycle(Recycler recycler, IPagePool pool, long? generation)
    {
        var isNew = recycler.Recycle(generation);
        return TypedResults.Ok(new ServerActed(pool.Snapshot.Slots.Count, isNew
            ? "It starts another browser; pages that are lent finish on the old one."
            : "It does so already, by the hint."));
    }

    private static Ok<ServerActed> Drain(Admission admission)
    {
        // Whoever stops this server waits for the end of it.
        _ = admission.DrainAsync();
        return TypedResults.Ok(new ServerActed(admission.InFlight, "It takes nothing new until it is started again, and finishes what it has."));
    }

    private static Results<Ok<ServerActed>, BadRequest<ServerActed>> Evict(string key, bool? revoke, IPagePool pool)
    {
        if (!AffinityKey.TryParse(Uri.UnescapeDataString(key), out var affinity))
        {
            return TypedResults.BadRequest(new ServerActed(0, "The affinity is neither 'realm:<url>' nor 'user:<id>'."));
        }

        var name = affinity.ToString();
        var slots = pool.Snapshot.Slots.Where(slot => slot.Affinity == name && slot.State != SlotState.Closing).ToList();
        pool.DisposeAffinity(name, revoke ?? false);
        var busy = slots.Count(slot => slot.State is SlotState.Leased or SlotState.Draining);
        return TypedResults.Ok(new ServerActed(slots.Count, slots.Count == 0 ? "It has no page for it."
            : revoke == true ? $"It closes {slots.Count} pages, {busy} of them under a render."
            : $"It closes {slots.Count - busy} idle pages now and {busy} when their renders end."));
    }
}
