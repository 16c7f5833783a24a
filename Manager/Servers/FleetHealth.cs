using Fleet.Contracts;
using Fleet.ServiceDefaults.Stopping;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.Manager.Servers;

/// <summary>Determines the health of a manager. It is unhealthy only for reasons of its own, because only then would another manager do better. A fleet that cannot
/// render makes it degraded: every manager sees the same fleet, and can still tell callers when to retry and operators what is wrong.</summary>
internal static class FleetHealth
{
    /// <summary>The health of the manager.</summary>
    /// <param name="isDraining">Whether the manager is draining.</param>
    /// <param name="readAt">When the registry was last read; null before the first read.</param>
    /// <param name="isVerified">False while the registry cannot be read.</param>
    /// <param name="view">The fleet as last read.</param>
    /// <param name="isUnreachable">Whether this manager has evidence that a server takes no renders; see <see cref="UnhealthyServers"/>.</param>
    public static HealthCheckResult Judge(bool isDraining, DateTimeOffset? readAt, bool isVerified, FleetView view, Func<ServerRecord, bool> isUnreachable)
    {
        if (isDraining)
        {
            return HealthCheckResult.Unhealthy("Draining.");
        }

        if (readAt is null)
        {
            return HealthCheckResult.Unhealthy("The registry has not been read yet (ConnectionStrings:redis).");
        }

        if (!isVerified)
        {
            return HealthCheckResult.Degraded($"The registry cannot be read; using the state of {readAt:O}.");
        }

        var all = view.Servers.Count;
        var ready = view.Ready.All.Where(server => !isUnreachable(server.Record)).ToList();
        if (ready.Count == 0)
        {
            return HealthCheckResult.Degraded(all == 0 ? "No prerender server is registered." : $"None of {all} prerender servers takes renders: {Reasons(view, isUnreachable)}.");
        }

        return view.Shell is { } shell && !ready.Exists(server => server.Record.ShellSlots is { Current: > 0 } slots && slots.Generation >= shell.Generation)
            ? HealthCheckResult.Degraded($"None of {ready.Count} ready prerender servers has a page on the current host shell, generation {shell.Generation}.")
            : HealthCheckResult.Healthy($"{ready.Count} of {all} prerender servers are ready, {view.Realms.Count} realms.");
    }

    private static string Reasons(FleetView view, Func<ServerRecord, bool> isUnreachable) => string.Join(", ", view.Servers
        .GroupBy(server => server.Record.State switch
        {
            ServerState.Draining => "draining",
            ServerState.Warming => "starting",
            _ when isUnreachable(server.Record) => "unreachable",
            _ => "without slots",
        })
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"{group.Count()} {group.Key}"));
}

/// <summary>Reports the health of this manager; see <see cref="FleetHealth"/>.</summary>
internal sealed class MembershipHealthCheck(FleetViews views, UnhealthyServers unhealthyServers, RequestDrain drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(FleetHealth.Judge(drain.IsDraining, views.ReadAt, views.IsVerified, views.Current, unhealthyServers.Contains));
}
