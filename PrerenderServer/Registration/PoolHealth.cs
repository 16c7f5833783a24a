using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Pool;
using Fleet.ServiceDefaults.Stopping;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.PrerenderServer.Registration;

/// <summary>Health of the pool: healthy when it is ready (<see cref="Readiness"/>). A server that lost its pages because the host is unreachable
/// is only degraded: replacing it would not help.</summary>
internal sealed class PoolHealth(IPagePool pool, IBrowserAdapter browser, RequestDrain drain, ReadinessHold hold) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.IsDraining ? HealthCheckResult.Unhealthy("Draining.")
            : Readiness.IsReady(pool.Snapshot) && hold.Reason is { } reason ? HealthCheckResult.Unhealthy(reason)
            : Readiness.IsReady(pool.Snapshot) ? HealthCheckResult.Healthy($"{pool.Snapshot.Slots.Count} of {pool.Snapshot.Totals.Capacity} slots, {pool.Snapshot.Totals.Waiting} renders wait.")
            : pool.Snapshot.Totals is { Stopping: false, Generation: not null, Problem: { } problem } totals && totals.RecentBoot > TimeSpan.Zero
                ? HealthCheckResult.Degraded($"No page is up. {problem}")
            : HealthCheckResult.Unhealthy(browser.LastFailure ?? (pool.Snapshot.Totals.Generation is null ? "The browser is starting." : "The first page is booting.")));
}

/// <summary>Decides whether a server accepts renders.</summary>
internal static class Readiness
{
    /// <summary>Whether a browser is up and a page is booted, or one has booted before and nothing failed since. A server that closes its last page to boot
    /// another stays ready, so that its callers are not sent elsewhere.</summary>
    public static bool IsReady(PoolSnapshot pool) =>
        pool is { Totals: { Stopping: false, Generation: not null } totals }
        && (HasPage(pool) || (totals.RecentBoot > TimeSpan.Zero && totals.Problem is null));

    private static bool HasPage(PoolSnapshot pool) =>
        pool.Slots.Any(slot => slot.State is SlotState.Standby or SlotState.Idle or SlotState.Leased or SlotState.Draining or SlotState.Rebooting);
}
