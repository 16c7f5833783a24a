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

/// <summary>One affinity of a <see cref="PoolSnapshot"/>.</summary>
/// <param name="Affinity">Its key.</param>
/// <param name="Warm">Slots idle or leased for it.</param>
/// <param name="Waiting">Requests that wait for a page of it.</param>
internal sealed record AffinitySnapshot(string Affinity, int Warm, int Waiting);

/// <summary>One slot of a <see cref="PoolSnapshot"/>.</summary>
/// <param name="Slot">Its number; never used again.</param>
/// <param name="Generation">The browser process it lives in.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Affinity">Whom it serves, for life; null before the first grant.</param>
/// <param name="Age">Since its creation began.</param>
/// <param name="Renders">Leases that came back used.</param>
/// <param name="ShellToken">Token of the host shell its document was loaded from; null when unknown.</param>
/// <param name="Current">Whether that is the current token; null while the pool knows of none.</param>
/// <param name="MemoryBytes">As last measured; 0 before.</param>
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

/// <summary>The sums of a <see cref="PoolSnapshot"/>.</summary>
internal sealed record PoolTotals
{
    /// <summary>Most slots that ordinary work may take.</summary>
    public int Capacity { get; init; }

    /// <summary>Renders that could start at once: idle, standby, and slots that may still be created.</summary>
    public int Free { get; init; }

    /// <summary>Requests that wait.</summary>
    public int Waiting { get; init; }

    /// <summary>Affinities among them.</summary>
    public int WaitingAffinities { get; init; }

    /// <summary>Slots by state; a state without slots is missing.</summary>
    public IReadOnlyDictionary<SlotState, int> States { get; init; } = new Dictionary<SlotState, int>();

    /// <summary>The browser generation that new slots are made in; null while none is up.</summary>
    public int? Generation { get; init; }

    /// <summary>Memory of all browser processes, in bytes, as last measured.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Moving average of booting a page; zero before the first.</summary>
    public TimeSpan RecentBoot { get; init; }

    /// <summary>The host shell token that the pool was last told is current; null while it knows of none.</summary>
    public string? ShellToken { get; init; }

    /// <summary>Its generation; null while the pool knows of none.</summary>
    public long? ShellGeneration { get; init; }

    /// <summary>The host's shell differs on every fetch, so no page can have the current one.</summary>
    public bool ShellIsUnstable { get; init; }

    /// <summary>Slots whose document was loaded from another token.</summary>
    public int Stale { get; init; }

    /// <summary>Those of them that have a future: at rest, lent, or reloading. None is left once a change has arrived everywhere.</summary>
    public int Behind { get; init; }

    /// <summary>Why the last browser launch or page boot failed, for people; null since one succeeded.</summary>
    public string? Problem { get; init; }

    /// <summary>The pool takes no new requests.</summary>
    public bool Stopping { get; init; }
}
