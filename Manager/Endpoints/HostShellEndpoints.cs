using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Registry;
using Fleet.Registry.HostShells;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Manager.Endpoints;

/// <summary>Reports of a new host shell from outside.</summary>
internal static class HostShellEndpoints
{
    /// <summary>The reporter's name in the registry: whoever deploys, not this manager.</summary>
    private const string Reporter = "deploy-hook";

    public static void MapHostShells(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/host-shell", ReportAsync).RequireAdminKey().WithTags("Fleet")
            .WithName("ReportHostShell").WithSummary("Makes a shell token the current one, as a deploy hook does.")
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(503);

    private static async Task<Results<Ok<HostShell>, ProblemHttpResult>> ReportAsync(
        HostShellReport report, HttpContext http, IHostShellStore hostShells, TimeProvider timeProvider)
    {
        if (!ShellToken.TryNormalize(report.Token, out var token))
        {
            return RenderRules.Invalid([new("token", $"'token' must be 1 to {ShellToken.MaxLength} visible ASCII characters, without white space inside.")])
                .ToProblem(http.Response);
        }

        try
        {
            // An operator's word counts whatever the replicas serve just now: the deploy that they are about to follow is known here first.
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
