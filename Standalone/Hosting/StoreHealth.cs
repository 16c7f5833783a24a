using Fleet.Garnet;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.Standalone.Hosting;

/// <summary>Degraded while the store cannot write what it stores: everything is served, and is lost at the next start.</summary>
internal sealed class StoreHealth(EmbeddedGarnet garnet) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(garnet.Problem is { } problem ? HealthCheckResult.Degraded(problem) : HealthCheckResult.Healthy());
}
