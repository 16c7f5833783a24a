using Fleet.Registry;
using Fleet.Registry.HostShells;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.RealmServer.HostShells;

/// <summary>The hook that a deployment calls at its end.</summary>
internal static class PostDeployment
{
    public static void MapPostDeployment(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/_post-deployment", RunAsync).RequireAdminKey();

    /// <summary>Reloads the shell and makes it current, even if its build is older than the current one.</summary>
    private static async Task<Ok<ClaimResult>> RunAsync(HostShellFile file, HostShellClaims claims, CancellationToken cancellationToken)
    {
        file.Reload();
        if (file.Problem is { } problem)
        {
            throw new RequestException(StatusCodes.Status409Conflict, "shell-not-taken", $"The shell was not claimed: {problem}");
        }

        try
        {
            return TypedResults.Ok(await claims.ForceAsync(cancellationToken));
        }
        catch (RegistryUnavailableException e)
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "registry-away", e.Message, RegistryTtl.Repeat);
        }
    }
}
