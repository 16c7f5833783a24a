using System.Net.Mime;
using System.Text;
using Fleet.Contracts;
using Fleet.PrerenderServer.HostShells;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.PrerenderServer.Rendering.Painting;
using Fleet.PrerenderServer.Rendering.Soft;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Fleet.ServiceDefaults.Stopping;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer.Endpoints;

/// <summary>The routes of a prerender server, for the manager and for operators.</summary>
internal static class RenderEndpoints
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Maps <c>POST /renders</c>, <c>POST /screenshots</c>, <c>POST /commands</c>, <c>GET /pool</c> and <c>GET /failures</c>. They require the
    /// admin key; without one the server starts only in development.</summary>
    public static void MapRenders(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("").AddEndpointFilter<RouteGroupBuilder, ShellCatchUpFilter>();
        if (app.ServiceProvider.GetRequiredService<IOptions<FleetOptions>>().Value.AdminKey is not null)
        {
            routes.RequireAdminKey();
        }

        routes.MapPost("/renders", RenderAsync).WithMetadata(new RequestSizeLimitAttribute(RenderLimits.MaxBodyBytes));
        routes.MapPost("/screenshots", ScreenshotAsync).WithMetadata(new RequestSizeLimitAttribute(RenderLimits.MaxBodyBytes));
        routes.MapPost("/commands", CommandAsync).WithMetadata(new RequestSizeLimitAttribute(RenderLimits.MaxBodyBytes));
        routes.MapFailures();
        routes.MapGet("/pool", Pool);
    }

    private static Ok<PoolStatus> Pool(IPagePool pool, PaintControl painting, SoftControl soft)
    {
        var snapshot = pool.Snapshot;
        return TypedResults.Ok(new PoolStatus(snapshot.Version, snapshot.Slots, snapshot.Affinities, snapshot.Totals, painting.Status(snapshot.Totals.ShellToken), soft.Status()));
    }

    /// <summary>Returns the result, or only the document if the request accepts HTML and the result has one.</summary>
    private static async Task<Results<ContentHttpResult, Ok<RenderResult>>> RenderAsync(
        RenderRequest request, HttpContext http, RenderOperationReader reader, RequestDrain drain, Renderer renderer, CancellationToken cancellationToken)
    {
        var done = await RunAsync(reader.Read(request, http.Request.Headers), http, drain, renderer, cancellationToken);
        // Send the document alone only if it is the page's answer. Otherwise the client needs the result, which says what happened and whether to retry.
        var wantsDocument = http.Request.Headers.Accept is [MediaTypeNames.Text.Html]
            && done.Result is { Outcome: RenderOutcome.Rendered } or { Outcome: RenderOutcome.Failed, Status: >= StatusCodes.Status400BadRequest };
        return wantsDocument && done.Result.Formats.TryGetValue(RenderFormat.Html, out var html)
            ? TypedResults.Content(html, MediaTypeNames.Text.Html, Encoding.UTF8)
            : TypedResults.Ok(done.Result);
    }

    /// <summary>Returns the screenshot, or the result as JSON if there is none; its outcome then says why.</summary>
    private static async Task<Results<FileContentHttpResult, Ok<RenderResult>>> ScreenshotAsync(
        ScreenshotRequest request, HttpContext http, RenderOperationReader reader, RequestDrain drain, Renderer renderer, CancellationToken cancellationToken)
    {
        var done = await RunAsync(reader.Read(request, http.Request.Headers), http, drain, renderer, cancellationToken);
        return done.Screenshot is { } screenshot ? TypedResults.File(screenshot, MediaTypeOf(request.Type)) : TypedResults.Ok(done.Result);
    }

    private static async Task<Ok<RenderResult>> CommandAsync(
        CommandRequest request, HttpContext http, RenderOperationReader reader, RequestDrain drain, CommandExecutor executor, CancellationToken cancellationToken)
    {
        var operation = reader.Read(request, http.Request.Headers);
        return TypedResults.Ok(await AdmitAsync(operation, http, drain, () => executor.RunAsync(operation, cancellationToken)));
    }

    private static string MediaTypeOf(ScreenshotType type) => type switch
    {
        ScreenshotType.Jpeg => "image/jpeg",
        ScreenshotType.Webp => "image/webp",
        ScreenshotType.Pdf => "application/pdf",
        _ => "image/png",
    };

    private static async Task<(RenderResult Result, byte[]? Screenshot)> RunAsync(RenderOperation operation, HttpContext http, RequestDrain drain, Renderer renderer, CancellationToken cancellationToken)
    {
        var done = await AdmitAsync(operation, http, drain, () => renderer.RunAsync(operation, cancellationToken));
        // The manager decides from these headers what to do with the body, before the body arrives.
        RenderSummary.Of(done.Result).Write(http.Response.Headers);
        return done;
    }

    private static async Task<T> AdmitAsync<T>(RenderOperation operation, HttpContext http, RequestDrain drain, Func<Task<T>> run)
    {
        using var ticket = Enter(drain, http.RequestServices.GetRequiredService<IOptions<RenderingOptions>>().Value.MaxRenders);
        http.Response.Headers[FleetHeaders.RequestId] = operation.RequestId;
        try
        {
            return await run();
        }
        catch (PoolDeadlineException e)
        {
            throw new RequestException(StatusCodes.Status504GatewayTimeout, "deadline", e.Message);
        }
        catch (PoolStaleShellException e)
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "warming", e.Message, s_retryAfter);
        }
        catch (PoolStoppingException e)
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "draining", e.Message, s_retryAfter);
        }
    }

    private static RequestDrain.Ticket Enter(RequestDrain drain, int maxRenders)
    {
        var ticket = drain.TryEnter()
            ?? throw new RequestException(StatusCodes.Status503ServiceUnavailable, "draining", "This server rejects new renders. Use another server.", s_retryAfter);
        if (ticket.Number <= maxRenders)
        {
            return ticket;
        }

        ticket.Dispose();
        throw new RequestException(StatusCodes.Status503ServiceUnavailable, "queue-full", $"{maxRenders} renders are in flight or waiting, the limit of Rendering:MaxRenders.", s_retryAfter);
    }
}

/// <summary>The answer of <c>GET /pool</c>: a snapshot of the pool, and how its pages render.</summary>
/// <param name="Version">As in <see cref="PoolSnapshot"/>.</param>
/// <param name="Slots">As in <see cref="PoolSnapshot"/>.</param>
/// <param name="Affinities">As in <see cref="PoolSnapshot"/>.</param>
/// <param name="Totals">As in <see cref="PoolSnapshot"/>.</param>
/// <param name="NoPaint">Whether the current host app is rendered without layout and paint.</param>
/// <param name="SoftNavigation">Whether apps without the host contract are navigated softly.</param>
internal sealed record PoolStatus(
    long Version, IReadOnlyList<SlotSnapshot> Slots, IReadOnlyList<AffinitySnapshot> Affinities, PoolTotals Totals, RouteLearningStatus NoPaint, RouteLearningStatus SoftNavigation);
