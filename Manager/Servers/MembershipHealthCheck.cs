using Fleet.ServiceDefaults.Stopping;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.Manager.Servers;

/// <summary>The health of this manager and of the fleet as it sees it; see <see cref="FleetHealth"/>.</summary>
internal sealed class MembershipHealthCheck(FleetViews views, UnhealthyServers suspicions, RequestDrain drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(FleetHealth.Judge(drain.IsDraining, views.ReadAt, views.IsVerified, views.Current, suspicions.Contains));
}
