using Fleet.Contracts;
using Fleet.Registry.Reporting;
using Fleet.Registry.Services;
using Fleet.Registry.Realms;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.RealmServer.Content;

/// <summary>Unhealthy until the realms are announced. Folders that are not served only degrade health, since everything else is served.</summary>
internal sealed class RealmsHealth(RealmCatalog catalog, RealmAnnouncer announcer) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        var realms = catalog.Current;
        return announcer.AcknowledgedAt is null ? HealthCheckResult.Unhealthy($"The realms have not been announced yet. {announcer.Error}".TrimEnd())
            : announcer.Error is { } error ? HealthCheckResult.Degraded($"The realms could not be announced again: {error}")
            : realms.Problems.Count > 0 ? HealthCheckResult.Degraded($"{realms.ById.Count} realms served; {realms.Problems.Count} problems: GET /_index lists them.")
            : HealthCheckResult.Healthy($"{realms.ById.Count} realms served.");
    }
}

/// <summary>Announces the public realms to the fleet. Reads the folder again before each report, so a new realm is known within seconds.</summary>
internal sealed class RealmAnnouncer(
    RealmCatalog catalog, PublicAddress address, IRealmDirectory directory, ServiceInstance instance, IHostApplicationLifetime lifetime,
    TimeProvider timeProvider, ILogger<RealmAnnouncer> logger)
    : HeartbeatService("the realms", lifetime, timeProvider, logger)
{
    protected override Task SendAsync(CancellationToken cancellationToken)
    {
        catalog.Refresh();
        var realms = catalog.Current.ById.Values.Where(realm => !realm.IsPrivate).Select(realm => new RealmRecord(address.UrlOf(realm.Path), realm.Name)).ToList();
        return directory.AnnounceAsync(instance.Name, realms, cancellationToken);
    }
}
