using System.ComponentModel;
using Fleet.Contracts;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Mvc;

namespace Fleet.Manager.Endpoints;

/// <summary>The route that runs commands for users.</summary>
internal static class CommandEndpoints
{
    /// <summary>Maps <c>POST /commands</c>. It requires the admin key, because the caller acts for any user that it names.</summary>
    public static void MapCommands(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/commands", PostAsync).RequireAdminKey().RejectUnknownParameters().WithTags("Commands")
            .WithName("Command").WithSummary("Runs a command of the host app for a user, at most once.")
            .WithDescription("Repeating an Idempotency-Key within a day returns the result of the first call. The outcome is in the body of a 200.")
            .Produces<RenderResult>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(413).ProducesProblem(422).ProducesProblem(503).ProducesProblem(504);

    private static async Task<IResult> PostAsync(
        CommandRequest request,
        HttpContext http,
        RenderPipeline pipeline,
        AllowedOrigins origins,
        [Description("Identifies this command of this user: 1 to 128 visible ASCII characters.")] [FromHeader(Name = FleetHeaders.IdempotencyKey)] string? key = null)
    {
        var requestId = CallHeaders.RequestId(http.Request);
        http.Response.Headers[FleetHeaders.RequestId] = requestId;
        if (origins.Host is not { } host)
        {
            return new RenderError(503, "no-host", "This manager has no host app to run the command. Set services:realm:http:0.").ToProblem(http.Response);
        }

        List<FieldError> errors = [.. CommandRequestRules.Check(request, key, host)];
        if (!CallHeaders.TryGetTimeout(http.Request, out var timeout))
        {
            errors.Add(new(FleetHeaders.DeadlineMs, $"The header {FleetHeaders.DeadlineMs} must be one whole number of milliseconds."));
        }

        if (errors.Count > 0)
        {
            return RenderRules.Invalid(errors).ToProblem(http.Response);
        }

        var answer = await pipeline.RenderAsync(
            CallHeaders.Call(http.Request, request.ToRenderRequest(host), requestId, timeout) with { Command = new(request, key!) }, http.RequestAborted);
        return answer.IsError ? answer.RenderError.ToProblem(http.Response) : new ContentResult(answer.Content, StatusCodes.Status200OK);
    }
}
