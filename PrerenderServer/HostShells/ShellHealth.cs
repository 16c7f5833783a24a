using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.Registry.Watching;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.PrerenderServer.HostShells;

/// <summary>Health of the host shell: degraded at worst. A server whose registry or host is unreachable keeps rendering, and its results say
/// whether their shell is current.</summary>
internal sealed class ShellHealth(RegistryWatcher<Contracts.HostShell?> watcher, IPagePool pool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge(watcher.Current, pool.Snapshot.Totals));

    private static HealthCheckResult Judge(RegistryReading<Contracts.HostShell?>? reading, PoolTotals pool) => reading switch
    {
        null => HealthCheckResult.Degraded("The registry could not be read yet (ConnectionStrings:redis)."),
        { IsVerified: false, ReadAt: var readAt } => HealthCheckResult.Degraded($"The registry cannot be read; using the reading of {readAt:O}."),
        { Value: null } => HealthCheckResult.Healthy("No host shell has been claimed yet."),
        _ when pool.ShellIsUnstable => HealthCheckResult.Degraded("The host shell differs on every fetch; see the log for the fix."),
        { Value: var shell } when pool.Behind > 0 => HealthCheckResult.Degraded(
            $"{pool.Behind} slots have not loaded generation {shell.Generation} yet, token {shell.Token}.{(pool.Problem is { } problem ? $" The last browser launch or page boot failed: {problem}" : "")}"),
        { Value: var shell } => HealthCheckResult.Healthy($"Generation {shell.Generation}, token {shell.Token}."),
    };
}
