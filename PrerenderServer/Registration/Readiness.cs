using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Registration;

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
