using Fleet.Manager.Admission;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.Manager.Membership;

/// <summary>Ready once the registry was read. A registry that goes away later degrades, and renders go on with what was read last.</summary>
internal sealed class MembershipHealthCheck(FleetViews views, Presence presence) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult((presence.IsDraining, views.ReadAt, views.IsVerified) switch
        {
            (true, _, _) => HealthCheckResult.Unhealthy("Draining."),
            (_, null, _) => HealthCheckResult.Unhealthy("The registry could not be read yet (ConnectionStrings:redis)."),
            (_, { } readAt, false) => HealthCheckResult.Degraded($"The registry cannot be read; what was read at {readAt:O} is used."),
            _ => HealthCheckResult.Healthy($"{views.Current.Servers.Count} servers, {views.Current.Realms.Count} realms."),
        });
}
