using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Pool;
using Fleet.ServiceDefaults.Stopping;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.PrerenderServer.Registration;

/// <summary>As ready as it tells the fleet (<see cref="Readiness"/>). One that lost its pages because the host is away is only
/// degraded: that is not its fault, and to replace it would bring nothing.</summary>
internal sealed class PoolHealth(IPagePool pool, IBrowserAdapter browser, RequestDrain drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.IsDraining ? HealthCheckResult.Unhealthy("Draining.")
            : Readiness.IsReady(pool.Snapshot) ? HealthCheckResult.Healthy($"{pool.Snapshot.Slots.Count} of {pool.Snapshot.Totals.Capacity} slots, {pool.Snapshot.Totals.Waiting} visits wait.")
            : pool.Snapshot.Totals is { Stopping: false, Generation: not null, Problem: { } problem } totals && totals.RecentBoot > TimeSpan.Zero
                ? HealthCheckResult.Degraded($"No page is up. {problem}")
            : HealthCheckResult.Unhealthy(browser.LastFailure ?? (pool.Snapshot.Totals.Generation is null ? "The browser is starting." : "The first page is booting.")));
}

/// <summary>Whether a server with such a pool takes renders.</summary>
internal static class Readiness
{
    /// <summary>A browser is up, and a page has booted, or did before. One that is just between two pages, closing the one to boot the other,
    /// is at work; to send its callers elsewhere would punish it for that.</summary>
    public static bool IsReady(PoolSnapshot pool) =>
        pool is { Totals: { Stopping: false, Generation: not null } totals }
        && (HasPage(pool) || (totals.RecentBoot > TimeSpan.Zero && totals.Problem is null));

    private static bool HasPage(PoolSnapshot pool) =>
        pool.Slots.Any(slot => slot.State is SlotState.Standby or SlotState.Idle or SlotState.Leased or SlotState.Draining or SlotState.Repaging);
}
