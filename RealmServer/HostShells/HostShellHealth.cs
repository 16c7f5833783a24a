using Fleet.Registry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.RealmServer.HostShells;

/// <summary>Not ready before the first acknowledged claim: without it the fleet has no shell to render with. Later a lost registry only
/// degrades, since pages are served without it.</summary>
internal sealed class HostShellHealth(HostShellFile file, HostShellClaims claims, TimeProvider timeProvider) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (claims.AcknowledgedAt is not { } at)
        {
            return HealthCheckResult.Unhealthy($"The claim of shell {file.Current.Token} is not acknowledged yet. {claims.Error}".TrimEnd());
        }

        var age = timeProvider.GetUtcNow() - at;
        if (age > RegistryTtl.Serving)
        {
            return HealthCheckResult.Degraded($"The last acknowledged claim is {age.TotalSeconds:0} s old. {claims.Error}".TrimEnd());
        }

        return file.Problem is { } problem
            ? HealthCheckResult.Degraded($"Serving shell {file.Current.Token}; the one on disk is not taken: {problem}")
            : HealthCheckResult.Healthy($"Serving shell {file.Current.Token}; the fleet's generation is {claims.FleetShell?.Generation}.");
    }
}
