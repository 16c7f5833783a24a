using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Registration;

/// <summary>What this server says about itself, from one snapshot of its pool: record and warm list can so never contradict each other.</summary>
/// <param name="State">Warming, ready or draining.</param>
/// <param name="Slots">Most slots it may have.</param>
/// <param name="Free">Renders it could start at once.</param>
/// <param name="Queue">Renders that wait.</param>
/// <param name="ShellSlots">How the slots stand to the host shell.</param>
/// <param name="Shells">Slots by shell token, as one text that can be compared.</param>
/// <param name="Warm">Warm affinities, as one text that can be compared.</param>
internal sealed record Announcement(ServerState State, int Slots, int Free, int Queue, ShellSlots ShellSlots, string Shells, string Warm)
{
    private const char Separator = '\n';

    /// <summary>The announcement of a pool.</summary>
    public static Announcement Of(PoolSnapshot pool, bool draining) => new(
        draining || pool.Totals.Stopping ? ServerState.Draining : Readiness.IsReady(pool) ? ServerState.Ready : ServerState.Warming,
        pool.Totals.Capacity,
        pool.Totals.Free,
        pool.Totals.Waiting,
        ShellSlotsOf(pool),
        string.Join(Separator, Tokens(pool).GroupBy(t => t).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count()} {g.Key}")),
        string.Join(Separator, pool.Warm.Order(StringComparer.Ordinal)));

    /// <summary>Slots by the token of the shell that they have loaded.</summary>
    public static IReadOnlyDictionary<string, int> ShellsOf(PoolSnapshot pool) => Tokens(pool).GroupBy(t => t).ToDictionary(g => g.Key, g => g.Count());

    /// <summary>How the slots stand to the host shell.</summary>
    public static ShellSlots ShellSlotsOf(PoolSnapshot pool)
    {
        var settled = pool.Slots.Where(s => s.State is SlotState.Standby or SlotState.Idle or SlotState.Leased).ToList();
        var stale = settled.Count(s => s.Current == false);
        return new()
        {
            Generation = pool.Totals.ShellGeneration,
            Current = settled.Count - stale,
            Booting = pool.Slots.Count(s => s.State is SlotState.Creating or SlotState.Repaging),
            Draining = pool.Slots.Count(s => s.State is SlotState.Draining or SlotState.Closing),
            Stale = stale,
            Behind = pool.Totals.Behind,
        };
    }

    private static IEnumerable<string> Tokens(PoolSnapshot pool) => pool.Slots.Select(s => s.ShellToken).OfType<string>();
}
