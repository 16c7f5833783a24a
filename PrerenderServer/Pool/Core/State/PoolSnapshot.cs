namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>The pool after one event. Immutable, so reads need no locks; the snapshot with the higher version is newer.</summary>
/// <param name="Version">Increases by one with every event.</param>
/// <param name="Slots">All slots, by slot number.</param>
/// <param name="Affinities">Affinities that hold a slot, and the oldest <see cref="MaxWaitingAffinities"/> of those that only wait.</param>
/// <param name="Totals">Totals over all slots and requests.</param>
internal sealed record PoolSnapshot(
    long Version,
    IReadOnlyList<SlotSnapshot> Slots,
    IReadOnlyList<AffinitySnapshot> Affinities,
    PoolTotals Totals)
{
    /// <summary>Maximum number of affinities without a slot in a snapshot: 64. Keeps its size independent of the queue.</summary>
    public const int MaxWaitingAffinities = 64;

    /// <summary>The pool before its first event.</summary>
    public static PoolSnapshot Empty { get; } = new(0, [], [], new PoolTotals());

    /// <summary>The affinities that have a warm page, idle or leased.</summary>
    public IEnumerable<string> Warm => Affinities.Where(a => a.Warm > 0).Select(a => a.Affinity);
}

/// <summary>One affinity of a <see cref="PoolSnapshot"/>.</summary>
/// <param name="Affinity">Its key.</param>
/// <param name="Warm">Its slots that are idle or leased.</param>
/// <param name="Waiting">Requests that wait for one of its pages.</param>
internal sealed record AffinitySnapshot(string Affinity, int Warm, int Waiting);

/// <summary>One slot of a <see cref="PoolSnapshot"/>.</summary>
/// <param name="Slot">Its number; never reused.</param>
/// <param name="Generation">Generation of its browser process.</param>
/// <param name="State">Its state.</param>
/// <param name="Affinity">The affinity it serves until it closes; null before the first grant.</param>
/// <param name="Age">Time since its creation began.</param>
/// <param name="Renders">Leases released after a render.</param>
/// <param name="ShellToken">Token of the host shell its document was loaded from; null when unknown.</param>
/// <param name="Current">Whether that is the current token; null while no current token is known and while the slot is being created.</param>
/// <param name="MemoryBytes">Latest measurement; 0 before the first.</param>
internal sealed record SlotSnapshot(
    long Slot,
    int Generation,
    SlotState State,
    string? Affinity,
    TimeSpan Age,
    int Renders,
    string? ShellToken,
    bool? Current,
    long MemoryBytes);

/// <summary>The totals of a <see cref="PoolSnapshot"/>.</summary>
internal sealed record PoolTotals
{
    /// <summary>Maximum number of slots for ordinary work.</summary>
    public int Capacity { get; init; }

    /// <summary>Slots that are idle, standby, or may still be created.</summary>
    public int Free { get; init; }

    /// <summary>Waiting requests.</summary>
    public int Waiting { get; init; }

    /// <summary>Affinities with waiting requests.</summary>
    public int WaitingAffinities { get; init; }

    /// <summary>Slots by state; a state without slots is omitted.</summary>
    public IReadOnlyDictionary<SlotState, int> States { get; init; } = new Dictionary<SlotState, int>();

    /// <summary>The browser generation in which new slots are created; null while none is up.</summary>
    public int? Generation { get; init; }

    /// <summary>Memory of all browser processes in bytes, as last measured.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Moving average of the boot time of a page; zero before the first boot.</summary>
    public TimeSpan RecentBoot { get; init; }

    /// <summary>Time since the last boot of a page; null before the first boot.</summary>
    public TimeSpan? BootAge { get; init; }

    /// <summary>Token of the current host shell; null while none is known.</summary>
    public string? ShellToken { get; init; }

    /// <summary>Generation of the current host shell; null while none is known.</summary>
    public long? ShellGeneration { get; init; }

    /// <summary>Whether the host shell differs on every fetch, so that no page can load the current one.</summary>
    public bool ShellIsUnstable { get; init; }

    /// <summary>Slots whose host shell is stale.</summary>
    public int Stale { get; init; }

    /// <summary>Stale slots that are not draining or closing. Zero once a change has reached every page.</summary>
    public int Behind { get; init; }

    /// <summary>Why the last browser launch or page boot failed, for people; null once a page boots.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the pool rejects new requests.</summary>
    public bool Stopping { get; init; }
}
