using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Registry;
using Fleet.Registry.HostShells;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Manager.Endpoints;

/// <summary>The route on which a deploy hook reports a new host shell.</summary>
internal static class HostShellEndpoints
{
    /// <summary>The reporter's name in the registry.</summary>
    private const string Reporter = "deploy-hook";

    public static void MapHostShells(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/host-shell", ReportAsync).RequireAdminKey().RejectUnknownParameters().WithTags("Fleet")
            .WithName("ReportHostShell").WithSummary("Makes a shell token current. Called by a deploy hook.")
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(503);

    private static async Task<Results<Ok<HostShell>, ProblemHttpResult>> ReportAsync(
        HostShellReport report, HttpContext http, IHostShellStore hostShells, TimeProvider timeProvider)
    {
        if (!ShellToken.TryNormalize(report.Token, out var token))
        {
            return RenderRules.Invalid([new("token", $"'token' must be 1 to {ShellToken.MaxLength} visible ASCII characters without white space.")])
                .ToProblem(http.Response);
        }

        try
        {
            // Forced: the hook may report a deploy before any replica serves the new shell.
            var claim = new HostShellClaim(token, Reporter, timeProvider.GetUtcNow(), Force: true);
            var result = await hostShells.ClaimAsync(claim, http.RequestAborted);
            return TypedResults.Ok(result.Current);
        }
        catch (RegistryUnavailableException error)
        {
            return new RenderError(503, "registry-away", $"The token could not be stored: {error.Message}") { RetryAfter = RegistryTtl.Repeat }.ToProblem(http.Response);
        }
    }
}
