namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>The pool after one event. Immutable: read it without locks, compare versions to know which of two is newer.</summary>
/// <param name="Version">Grows by one with every event.</param>
/// <param name="Slots">Every slot that takes memory, by slot number.</param>
/// <param name="Affinities">Affinities that hold a slot, and of those that only wait the <see cref="MaxWaitingAffinities"/> that have waited longest.</param>
/// <param name="Totals">The sums.</param>
internal sealed record PoolSnapshot(
    long Version,
    IReadOnlyList<SlotSnapshot> Slots,
    IReadOnlyList<AffinitySnapshot> Affinities,
    PoolTotals Totals)
{
    /// <summary>How many affinities without a slot a snapshot lists, so that its size does not grow with the queue.</summary>
    public const int MaxWaitingAffinities = 64;

    /// <summary>The pool before its first event.</summary>
    public static PoolSnapshot Empty { get; } = new(0, [], [], new PoolTotals());

    /// <summary>The affinities a render finds a booted page of: idle or leased, from the same state that counts memory.</summary>
    public IEnumerable<string> Warm => Affinities.Where(a => a.Warm > 0).Select(a => a.Affinity);
}
