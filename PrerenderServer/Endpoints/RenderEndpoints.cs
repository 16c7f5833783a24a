using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.HostShells;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Rendering;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Fleet.ServiceDefaults.Stopping;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer.Endpoints;

/// <summary>The routes of a prerender server. They are for the manager and for operators.</summary>
internal static class RenderEndpoints
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    /// <summary>Maps <c>POST /renders</c>, <c>POST /screenshots</c>, <c>POST /commands</c>, <c>GET /pool</c> and <c>GET /failures</c>; with a configured admin key they want it.</summary>
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
        routes.MapGet("/pool", static (IPagePool pool) => TypedResults.Ok(pool.Snapshot));
    }

    /// <summary>The result; or the document alone, where that is accepted and there is one.</summary>
    private static async Task<Results<ContentHttpResult, Ok<RenderResult>>> RenderAsync(
        RenderRequest request, HttpContext http, RenderOperationReader reader, RequestDrain drain, Renderer runner, CancellationToken cancellationToken)
    {
        var done = await RunAsync(reader.Read(request, http.Request.Headers), http, drain, runner, cancellationToken);
        var wantsDocument = http.Request.Headers.Accept is [MediaTypeNames.Text.Html];
        return wantsDocument && done.Result.Formats.TryGetValue(RenderFormat.Html, out var html)
            ? TypedResults.Content(html, MediaTypeNames.Text.Html, Encoding.UTF8)
            : TypedResults.Ok(done.Result);
    }

    /// <summary>The file, or the result as JSON when there is none: then its outcome says why.</summary>
    private static async Task<Results<FileContentHttpResult, Ok<RenderResult>>> ScreenshotAsync(
        ScreenshotRequest request, HttpContext http, RenderOperationReader reader, RequestDrain drain, Renderer runner, CancellationToken cancellationToken)
    {
        var done = await RunAsync(reader.Read(request, http.Request.Headers), http, drain, runner, cancellationToken);
        return done.Screenshot is { } screenshot ? TypedResults.File(screenshot, TypeOf(request.Type)) : TypedResults.Ok(done.Result);
    }

    private static async Task<Ok<RenderResult>> CommandAsync(
        CommandRequest request, HttpContext http, RenderOperationReader reader, RequestDrain drain, CommandExecutor desk, CancellationToken cancellationToken)
    {
        var operation = reader.Read(request, http.Request.Headers);
        return TypedResults.Ok(await AdmitAsync(operation, http, drain, () => desk.RunAsync(operation, cancellationToken)));
    }

    private static string TypeOf(ScreenshotType type) => type switch
    {
        ScreenshotType.Jpeg => "image/jpeg",
        ScreenshotType.Webp => "image/webp",
        ScreenshotType.Pdf => "application/pdf",
        _ => "image/png",
    };

    private static async Task<RenderOperationResult> RunAsync(RenderOperation operation, HttpContext http, RequestDrain drain, Renderer runner, CancellationToken cancellationToken)
    {
        var done = await AdmitAsync(operation, http, drain, () => runner.RunAsync(operation, cancellationToken));
        WriteOutcomeHeaders(done.Result, http.Response.Headers);
        return done;
    }

    // The manager decides by these what becomes of the body, before it has come.
    private static void WriteOutcomeHeaders(RenderResult result, IHeaderDictionary headers)
    {
        headers[FleetHeaders.Outcome] = JsonNamingPolicy.CamelCase.ConvertName(result.Outcome.ToString());
        headers[FleetHeaders.PageStatus] = result.Status.ToString(CultureInfo.InvariantCulture);
        if (Uri.TryCreate(result.RedirectUrl, UriKind.Absolute, out var location))
        {
            headers[FleetHeaders.PageLocation] = location.AbsoluteUri;
        }

        if (result.Shell is { } shell && shell.Token.All(c => c is > ' ' and <= '~'))
        {
            headers[FleetHeaders.HostShell] = shell.Token;
        }
    }

    private static async Task<T> AdmitAsync<T>(RenderOperation operation, HttpContext http, RequestDrain drain, Func<Task<T>> run)
    {
        using var ticket = Enter(drain, http.RequestServices.GetRequiredService<IOptions<RenderingOptions>>().Value.MaxVisits);
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
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "warming", e.Message, s_soon);
        }
        catch (PoolStoppingException e)
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "draining", e.Message, s_soon);
        }
    }

    private static RequestDrain.Ticket Enter(RequestDrain drain, int maxVisits)
    {
        var ticket = drain.TryEnter()
            ?? throw new RequestException(StatusCodes.Status503ServiceUnavailable, "draining", "This server takes nothing new. Ask another.", s_soon);
        if (ticket.Number <= maxVisits)
        {
            return ticket;
        }

        ticket.Dispose();
        throw new RequestException(StatusCodes.Status503ServiceUnavailable, "queue-full", $"{maxVisits} visits are under way or wait, the bound of Rendering:MaxVisits.", s_soon);
    }
}
