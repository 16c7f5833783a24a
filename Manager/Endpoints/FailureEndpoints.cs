using System.ComponentModel;
using System.Net.Mime;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Servers;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Manager.Endpoints;

/// <summary>The failed renders of the fleet. Each record is read from the server that keeps it.</summary>
internal static class FailureEndpoints
{
    public static void MapFailures(this IEndpointRouteBuilder routes)
    {
        var failures = routes.MapGroup("/failures").WithTags("Operators").RequireAdminKey().RejectUnknownParameters();

        failures.MapMethods("", GetAndHead.Methods, (FailureRecords records, CancellationToken cancellationToken) => records.ListAsync(cancellationToken))
            .WithName("Failures").WithSummary("The most recent failed renders of all servers, newest first, and why a server reported none.")
            .Produces<FailureReport>().ProducesProblem(401);

        failures.MapMethods("/{server}/{id:long}", GetAndHead.Methods, ReadAsync)
            .WithName("Failure").WithSummary("The record of a failed render: diagnostics and markup.")
            .Produces(200, contentType: MediaTypeNames.Application.Json).ProducesProblem(401).ProducesProblem(404).ProducesProblem(409).ProducesProblem(502);

        failures.MapMethods("/{server}/{id:long}/screenshot", GetAndHead.Methods, ReadScreenshotAsync)
            .WithName("FailureScreenshot").WithSummary("What the page of a failed render showed.")
            .Produces(200, contentType: MediaTypeNames.Image.Jpeg).ProducesProblem(401).ProducesProblem(404).ProducesProblem(409).ProducesProblem(502);
    }

    private static Task<Results<FileContentHttpResult, ProblemHttpResult>> ReadAsync(
        [Description("Incarnation or name of the server.")] string server,
        [Description("Number of the failure on that server.")] long id,
        FleetOperations fleet, ServerOperations servers, HttpContext http, CancellationToken cancellationToken) =>
        PassAsync(server, id, screenshot: false, fleet, servers, http, cancellationToken);

    private static Task<Results<FileContentHttpResult, ProblemHttpResult>> ReadScreenshotAsync(
        [Description("Incarnation or name of the server.")] string server,
        [Description("Number of the failure on that server.")] long id,
        FleetOperations fleet, ServerOperations servers, HttpContext http, CancellationToken cancellationToken) =>
        PassAsync(server, id, screenshot: true, fleet, servers, http, cancellationToken);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> PassAsync(
        string name, long id, bool screenshot, FleetOperations fleet, ServerOperations servers, HttpContext http, CancellationToken cancellationToken)
    {
        if (fleet.Find(name) is not [var server])
        {
            return FleetEndpoints.NotOne(name, fleet.Find(name)).ToProblem(http.Response);
        }

        return await servers.FailureAsync(server, id, screenshot, cancellationToken) switch
        {
            // The manager sets the type: a server must not decide how a browser interprets the body.
            ({ } body, _) => TypedResults.File(body, screenshot ? MediaTypeNames.Image.Jpeg : MediaTypeNames.Application.Json),
            (null, { } trouble) => new RenderError(502, "no-answer", $"Server {server.Name} keeps the record. {trouble}").ToProblem(http.Response),
            _ => new RenderError(404, "no-such-failure",
                $"Server {server.Name} has no {(screenshot ? "screenshot of failure" : "failure")} {id}. It keeps its last 50, until it restarts.").ToProblem(http.Response),
        };
    }
}
