using Fleet.Registry;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.RealmServer.HostShells;

/// <summary>Unhealthy until the first claim is acknowledged: without it the fleet has no shell to render with. A registry that is lost later only degrades
/// health, since pages are served without it.</summary>
internal sealed class HostShellHealth(HostShellFile file, HostShellClaims claims, TimeProvider timeProvider) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (claims.AcknowledgedAt is not { } acknowledgedAt)
        {
            return HealthCheckResult.Unhealthy($"The claim of shell {file.Current.Token} has not been acknowledged yet. {claims.Error}".TrimEnd());
        }

        var age = timeProvider.GetMonotonicTime() - acknowledgedAt;
        if (age > RegistryTtl.Serving)
        {
            return HealthCheckResult.Degraded($"The last acknowledged claim is {age.TotalSeconds:0} s old. {claims.Error}".TrimEnd());
        }

        return file.Problem is { } problem
            ? HealthCheckResult.Degraded($"Serving shell {file.Current.Token}; the shell on disk is not accepted: {problem}")
            : HealthCheckResult.Healthy($"Serving shell {file.Current.Token}; the fleet's generation is {claims.FleetShell?.Generation}.");
    }
}
