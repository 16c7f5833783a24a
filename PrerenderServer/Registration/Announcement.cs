using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Registration;

/// <summary>What this server announces, taken from one snapshot of its pool, so that the record and the warm list never contradict each other.</summary>
/// <param name="State">Warming, ready or draining.</param>
/// <param name="Slots">Maximum number of slots for ordinary work.</param>
/// <param name="Free">Slots that are idle, standby, or may still be created.</param>
/// <param name="Queue">Renders that wait for a page.</param>
/// <param name="ShellSlots">Slots by their relation to the current host shell.</param>
/// <param name="Shells">Slots by shell token, as one comparable string.</param>
/// <param name="Warm">Warm affinities, as one comparable string.</param>
internal sealed record Announcement(ServerState State, int Slots, int Free, int Queue, ShellSlots ShellSlots, string Shells, string Warm)
{
    private const char Separator = '\n';

    /// <summary>Creates the announcement of a pool.</summary>
    public static Announcement Of(PoolSnapshot pool, bool draining) => new(
        draining || pool.Totals.Stopping ? ServerState.Draining : Readiness.IsReady(pool) ? ServerState.Ready : ServerState.Warming,
        pool.Totals.Capacity,
        pool.Totals.Free,
        pool.Totals.Waiting,
        ShellSlotsOf(pool),
        string.Join(Separator, Tokens(pool).GroupBy(t => t).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count()} {g.Key}")),
        string.Join(Separator, pool.Warm.Order(StringComparer.Ordinal)));

    /// <summary>Slots by the token of the shell they have loaded.</summary>
    public static IReadOnlyDictionary<string, int> ShellsOf(PoolSnapshot pool) => Tokens(pool).GroupBy(t => t).ToDictionary(g => g.Key, g => g.Count());

    /// <summary>Counts the slots by their relation to the current host shell.</summary>
    public static ShellSlots ShellSlotsOf(PoolSnapshot pool)
    {
        var settled = pool.Slots.Where(s => s.State is SlotState.Standby or SlotState.Idle or SlotState.Leased).ToList();
        var stale = settled.Count(s => s.Current == false);
        return new()
        {
            Generation = pool.Totals.ShellGeneration,
            Current = settled.Count - stale,
            Booting = pool.Slots.Count(s => s.State is SlotState.Creating or SlotState.Rebooting),
            Draining = pool.Slots.Count(s => s.State is SlotState.Draining or SlotState.Closing),
            Stale = stale,
            Behind = pool.Totals.Behind,
        };
    }

    private static IEnumerable<string> Tokens(PoolSnapshot pool) => pool.Slots.Select(s => s.ShellToken).OfType<string>();
}
