using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.RealmServer.Content;

/// <summary>Ready when the fleet knows the realms. Folders that are not served degrade, since everything else is.</summary>
internal sealed class RealmsHealth(RealmCatalog catalog, RealmAnnouncer announcer) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        var realms = catalog.Current;
        return announcer.AcknowledgedAt is null ? HealthCheckResult.Unhealthy($"The realms are not announced yet. {announcer.Error}".TrimEnd())
            : announcer.Error is { } error ? HealthCheckResult.Degraded($"The realms could not be announced again: {error}")
            : realms.Problems.Count > 0 ? HealthCheckResult.Degraded($"{realms.ById.Count} realms served, {realms.Problems.Count} folders not: GET /_index lists them.")
            : HealthCheckResult.Healthy($"{realms.ById.Count} realms served.");
    }
}
