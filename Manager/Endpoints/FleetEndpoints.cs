using System.ComponentModel;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Fleet.Contracts;
using Fleet.Manager.Dashboard;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;
using Fleet.Manager.Telemetry;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Manager.Endpoints;

/// <summary>Routes for the state of the fleet and for operators.</summary>
internal static class FleetEndpoints
{
    public static void MapFleet(this IEndpointRouteBuilder routes)
    {
        var fleet = routes.MapGroup("").WithTags("Fleet").RefuseForeignCallers(allowNavigation: true).RejectUnknownParameters();

        fleet.MapMethods("/fleet", GetAndHead.Methods, (FleetStatusSource status, HttpContext http) => TypedResults.Ok(status.Current(AdminKeyExtensions.IsTrusted(http))))
            .WithName("Fleet").WithSummary("The fleet as this manager sees it. Addresses, allowed origins, users and principals are named only with the admin key.");

        fleet.MapGet("/fleet/events", WatchFleet)
            .WithName("FleetEvents").WithSummary("The fleet as server-sent events: on every change, and at least every 10 seconds. A stream ends after 10 minutes.")
            .ProducesProblem(403).ProducesProblem(429).ProducesProblem(503);

        // The same for the fleet page, as patches of its document. Not part of the API: only the page's script reads it.
        fleet.MapGet("/fleet/patches", WatchPatches).ExcludeFromDescription();

        var operations = routes.MapGroup("/fleet").WithTags("Operators").RequireAdminKey().RejectUnknownParameters();

        operations.MapMethods("/renders", GetAndHead.Methods, Renders)
            .WithName("RecentRenders").WithSummary("Renders that this manager answered: the last 500, newest first, or the slowest 50 of the last hour.")
            .Produces<IReadOnlyList<RecentRender>>().ProducesProblem(400).ProducesProblem(401);

        operations.MapPost("/recycle", (FleetOperations fleet, CancellationToken cancellationToken) => fleet.RecycleAsync(cancellationToken))
            .WithName("Recycle").WithSummary("Asks every server to replace its browser; running renders finish on the old one.")
            .Produces<RecycleReport>().ProducesProblem(401);

        operations.MapPost("/servers/{id}/drain", (string id, FleetOperations fleet, HttpContext http, CancellationToken cancellationToken) =>
                OperateAsync(id, fleet, server => fleet.DrainAsync(server, cancellationToken), http))
            .WithName("Drain").WithSummary("Asks a server, by name or incarnation, to finish its renders and reject new ones.")
            .ProducesProblem(401).ProducesProblem(404).ProducesProblem(409);

        operations.MapPost("/servers/{id}/undrain", (string id, FleetOperations fleet, HttpContext http, CancellationToken cancellationToken) =>
                OperateAsync(id, fleet, server => fleet.UndrainAsync(server, cancellationToken), http))
            .WithName("Undrain").WithSummary("Asks a drained server, by name or incarnation, to accept renders again.")
            .ProducesProblem(401).ProducesProblem(404).ProducesProblem(409);

        operations.MapDelete("/affinities/{**key}", EvictAsync)
            .WithName("Evict").WithSummary("Closes the pages of an affinity on every server: idle pages at once, busy ones when their render ends.")
            .ProducesProblem(400).ProducesProblem(401);
    }

    private static Results<ServerSentEventsResult<FleetStatus>, ProblemHttpResult> WatchFleet(
        FleetStatusSource status, StreamLimiter limiter, HttpContext http, CancellationToken cancellationToken)
    {
        if (limiter.Enter(http, "GET /fleet") is { } full)
        {
            return full;
        }

        var isTrusted = AdminKeyExtensions.IsTrusted(http);
        return TypedResults.ServerSentEvents(limiter.LimitAsync(token => EventsAsync(status, isTrusted, token), cancellationToken));
    }

    private static async IAsyncEnumerable<SseItem<FleetStatus>> EventsAsync(
        FleetStatusSource status, bool isTrusted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var snapshot in status.WatchAsync(isTrusted, cancellationToken))
        {
            yield return new SseItem<FleetStatus>(snapshot, "fleet") { ReconnectionInterval = TimeSpan.FromSeconds(1) };
        }
    }

    private static Results<ServerSentEventsResult<string>, ProblemHttpResult> WatchPatches(
        FleetPageStream stream, StreamLimiter limiter, HttpContext http, CancellationToken cancellationToken)
    {
        if (limiter.Enter(http, "GET /fleet") is { } full)
        {
            return full;
        }

        var isTrusted = AdminKeyExtensions.IsTrusted(http);
        return TypedResults.ServerSentEvents(limiter.LimitAsync(token => stream.WatchAsync(isTrusted, token), cancellationToken));
    }

    private static Results<Ok<IReadOnlyList<RecentRender>>, ProblemHttpResult> Renders(
        [Description("Text that the URL or the affinity contains, ignoring case: at most 2048 characters. Default: all.")] string? match,
        [Description("newest or slowest. Default: newest.")] string? order,
        RecentRenders renders, HttpContext http) => (match, order) switch
        {
            ({ Length: > RenderLimits.MaxUrlLength }, _) => RenderRules.Invalid([new("match", $"'match' is {match!.Length} characters long: at most {RenderLimits.MaxUrlLength} are allowed.")]).ToProblem(http.Response),
            (_, null or "newest") => TypedResults.Ok(renders.Newest(match)),
            (_, "slowest") => TypedResults.Ok(renders.Slowest(match)),
            _ => RenderRules.Invalid([new("order", $"'order' {Quoted.Of(order)} is neither 'newest' nor 'slowest'.")]).ToProblem(http.Response),
        };

    private static async Task<Results<Ok<OperatorReport>, ProblemHttpResult>> OperateAsync(
        string id, FleetOperations fleet, Func<ServerRecord, Task<OperatorReport>> operate, HttpContext http) => fleet.Find(id) switch
        {
            [var server] => TypedResults.Ok(await operate(server)),
            var several => NotOne(id, several).ToProblem(http.Response),
        };

    /// <summary>The error when an id does not name exactly one server.</summary>
    internal static RenderError NotOne(string id, IReadOnlyList<ServerRecord> found) => found.Count == 0
        ? new(404, "no-such-server", $"No server has the name or incarnation '{id}'. GET /fleet lists the servers.")
        : new(409, "ambiguous-name",
            $"{found.Count} servers have the name '{id}'. Use the incarnation instead: {string.Join(", ", found.Select(server => $"{server.Incarnation} at {server.Url}"))}.");

    private static async Task<Results<Ok<OperatorReport>, ProblemHttpResult>> EvictAsync(
        [Description("realm:<url> or user:<id>, percent-encoded or not.")] string key,
        [Description("Also ends running renders. Default: false.")] bool? revoke,
        FleetOperations fleet, FleetViews views, AllowedOrigins origins, HttpContext http, CancellationToken cancellationToken) =>
        // Routing leaves slashes in a catch-all value percent-encoded.
        AffinityKey.TryParse(RenderRules.NormalizeAffinity(Uri.UnescapeDataString(key), origins.With(views.Current.Realms)), out var affinity)
            ? TypedResults.Ok(await fleet.EvictAsync(affinity.ToString(), revoke ?? false, cancellationToken))
            : new RenderError(400, "invalid-request", "The affinity is neither 'realm:<url>' nor 'user:<id>'.").ToProblem(http.Response);
}
