using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Registration;
using Fleet.ServiceDefaults.Security;
using Fleet.ServiceDefaults.Stopping;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.PrerenderServer.Endpoints;

/// <summary>Endpoints for operators, called by the manager or directly. Each response describes what the server does.</summary>
internal static class OperatorEndpoints
{
    /// <summary>Maps <c>POST /recycle</c>, <c>POST /drain</c>, <c>POST /undrain</c> and <c>DELETE /affinities/{key}</c>. They require the admin key.</summary>
    public static void MapOperators(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("").RequireAdminKey();
        routes.MapPost("/recycle", Recycle);
        routes.MapPost("/drain", Drain);
        routes.MapPost("/undrain", Undrain);
        routes.MapDelete("/affinities/{**key}", Evict);
    }

    private static Ok<ServerActed> Recycle(Recycler recycler, IPagePool pool, long? generation)
    {
        var isNew = recycler.Recycle(generation);
        return TypedResults.Ok(new ServerActed(pool.Snapshot.Slots.Count, isNew
            ? "It starts another browser; leased pages finish in the old one."
            : "It is already recycling, triggered by the change notification."));
    }

    private static Ok<ServerActed> Drain(RequestDrain drain)
    {
        drain.Pause();
        return TypedResults.Ok(new ServerActed(drain.InFlight, "It rejects new renders until it is undrained or restarted, and finishes those in flight."));
    }

    private static Results<Ok<ServerActed>, Conflict<ServerActed>> Undrain(RequestDrain drain) => drain.TryResume()
        ? TypedResults.Ok(new ServerActed(drain.InFlight, "It accepts renders."))
        : TypedResults.Conflict(new ServerActed(drain.InFlight, "It is stopping."));

    private static Results<Ok<ServerActed>, BadRequest<ServerActed>> Evict(HttpContext http, bool? revoke, IPagePool pool)
    {
        if (!AffinityKey.TryParse(KeyOf(http), out var affinity))
        {
            return TypedResults.BadRequest(new ServerActed(0, "The affinity is neither 'realm:<url>' nor 'user:<id>'."));
        }

        var name = affinity.ToString();
        var slots = pool.Snapshot.Slots.Where(slot => slot.Affinity == name && slot.State != SlotState.Closing).ToList();
        pool.DisposeAffinity(name, revoke ?? false);
        var busy = slots.Count(slot => slot.State is SlotState.Leased or SlotState.Draining);
        return TypedResults.Ok(new ServerActed(slots.Count, slots.Count == 0 ? "It has no page of this affinity."
            : revoke == true ? $"It closes {slots.Count} pages, {busy} of them leased."
            : $"It closes {slots.Count - busy} idle pages now and {busy} when their renders end."));
    }

    /// <summary>The affinity in the path, decoded once. A route value has its escapes decoded except <c>%2F</c>, so it cannot be decoded correctly.</summary>
    private static string KeyOf(HttpContext http)
    {
        const string Route = "/affinities/";
        var path = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2)[0];
        return Uri.UnescapeDataString(path[(path.IndexOf(Route, StringComparison.OrdinalIgnoreCase) + Route.Length)..]);
    }
}
