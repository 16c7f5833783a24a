using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.Registry.Watching;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.PrerenderServer.HostShells;

/// <summary>Degraded, never unhealthy: a server whose registry or host is away goes on rendering, and its results say what they are worth.</summary>
internal sealed class ShellHealth(RegistryWatcher<Contracts.HostShell?> watcher, IPagePool pool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge(watcher.Current, pool.Snapshot.Totals));

    private static HealthCheckResult Judge(RegistryReading<Contracts.HostShell?>? reading, PoolTotals pool) => reading switch
    {
        null => HealthCheckResult.Degraded("The registry could not be read yet (ConnectionStrings:redis)."),
        { IsVerified: false, ReadAt: var readAt } => HealthCheckResult.Degraded($"The registry cannot be read; what was read at {readAt:O} is used."),
        { Value: null } => HealthCheckResult.Healthy("No host shell was claimed yet."),
        _ when pool.ShellIsUnstable => HealthCheckResult.Degraded("The host shell differs on every fetch; the log says what to do."),
        { Value: var shell } when pool.Behind > 0 => HealthCheckResult.Degraded(
            $"{pool.Behind} slots do not have generation {shell.Generation} yet, token {shell.Token}.{(pool.Problem is { } problem ? $" The latest boot failed: {problem}" : "")}"),
        { Value: var shell } => HealthCheckResult.Healthy($"Generation {shell.Generation}, token {shell.Token}."),
    };
}
