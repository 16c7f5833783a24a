namespace Fleet.Contracts;

/// <summary>The record that a prerender server registers. Keyed by incarnation.</summary>
public sealed record ServerRecord
{
    /// <summary>Maximum length of <see cref="SlotStates"/>: 256.</summary>
    public const int MaxSlotStates = 256;

    /// <summary>A GUID created when the process starts. A restarted server is a new incarnation.</summary>
    public required string Incarnation { get; init; }

    /// <summary>The resource name: <c>prerender-0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Base address that the manager sends renders to. Empty where the reader may not see it.</summary>
    public required string Url { get; init; }

    /// <summary>The state that the server reports.</summary>
    public required ServerState State { get; init; }

    /// <summary>Grows with every change within one incarnation. The registry ignores a record with a lower version.</summary>
    public required long Version { get; init; }

    /// <summary>Maximum number of slots.</summary>
    public int Slots { get; init; }

    /// <summary>Renders that the server could start immediately: idle slots, standbys, and slots that it may still create.</summary>
    public int Free { get; init; }

    /// <summary>Renders that wait for a slot.</summary>
    public int Queue { get; init; }

    /// <summary>Maximum number of concurrent renders per affinity; further ones wait even if slots are free. 0 when not reported.</summary>
    public int RendersPerAffinity { get; init; }

    /// <summary>Moving average of the duration of a render, without queueing, in milliseconds; 0 before the first.</summary>
    public double RecentRenderMs { get; init; }

    /// <summary>Moving average of the duration of a page boot, in milliseconds; 0 before the first.</summary>
    public double RecentBootMs { get; init; }

    /// <summary>Seconds since the last page boot, when this record was written; null before the first, or when not reported.</summary>
    public int? BootAgeSeconds { get; init; }

    /// <summary>Number of slots by the token of the shell that they have loaded.</summary>
    public IReadOnlyDictionary<string, int> Shells { get; init; } = new Dictionary<string, int>();

    /// <summary>The slots' progress to the current host shell; null when not reported.</summary>
    public ShellSlots? ShellSlots { get; init; }

    /// <summary>The slots, by number, at most <see cref="MaxSlotStates"/>. Empty when not reported.</summary>
    public IReadOnlyList<SlotStatus> SlotStates { get; init; } = [];

    /// <summary>Memory of the browser's processes in MB, as last measured; 0 before the first measurement.</summary>
    public int MemoryMb { get; init; }

    /// <summary>Product and version of the browser: <c>HeadlessChrome/149.0.7827.55</c>. Null before the first launch.</summary>
    public string? Browser { get; init; }

    /// <summary>Whether the server renders the host app without layout and paint; null when not reported.</summary>
    public RouteLearningStatus? NoPaint { get; init; }

    /// <summary>Whether the server navigates apps without the host contract softly; null when not reported.</summary>
    public RouteLearningStatus? SoftNavigation { get; init; }

    /// <summary>When this record was written, by the registry's clock.</summary>
    public DateTimeOffset SeenAt { get; init; }
}

/// <summary>State of a prerender server.</summary>
public enum ServerState
{
    /// <summary>Starting: the browser or the first standby is not ready. Gets no renders.</summary>
    Warming,

    /// <summary>Accepts renders.</summary>
    Ready,

    /// <summary>Finishes its renders and rejects new ones.</summary>
    Draining,
}

/// <summary>Which routes a prerender server renders in a cheaper way, as far as comparisons have shown that it makes no difference.</summary>
/// <param name="State">The state of all routes.</param>
public sealed record RouteLearningStatus(RouteLearningState State)
{
    /// <summary>Equal comparisons of the route that has most of them and is still being learned.</summary>
    public int Equal { get; init; }

    /// <summary>Equal comparisons after which a route is rendered in the cheaper way.</summary>
    public int Needed { get; init; }

    /// <summary>Why it is off, or why a route of it is; null if none is, and where the reader may not see it.</summary>
    public string? Reason { get; init; }

    /// <summary>Routes that are rendered in the cheaper way.</summary>
    public int RoutesOn { get; init; }

    /// <summary>Routes whose renders are still compared.</summary>
    public int RoutesLearning { get; init; }

    /// <summary>Routes that are no longer rendered in the cheaper way.</summary>
    public int RoutesOff { get; init; }
}

/// <summary>State of a cheaper way to render.</summary>
public enum RouteLearningState
{
    /// <summary>Renders are made as always, and some are compared with the cheaper way.</summary>
    Learning,

    /// <summary>At least one route is rendered in the cheaper way.</summary>
    On,

    /// <summary>No route is.</summary>
    Off,
}

/// <summary>One slot of a prerender server, as last reported.</summary>
/// <param name="Slot">Its number; never reused within an incarnation.</param>
/// <param name="State"><c>creating</c>, <c>standby</c>, <c>idle</c>, <c>leased</c>, <c>draining</c>, <c>rebooting</c> or <c>closing</c>, as in the metric <c>fleet.pool.slots</c>.</param>
public sealed record SlotStatus(long Slot, string State)
{
    /// <summary>The affinity that the slot serves until it closes; null before the first lease, and where the reader may not see it.</summary>
    public string? Affinity { get; init; }

    /// <summary>Seconds since its creation began, when the pool last changed.</summary>
    public int AgeSeconds { get; init; }

    /// <summary>Number of renders that the slot has completed.</summary>
    public int Renders { get; init; }

    /// <summary>Memory in MB, as last measured; 0 before the first measurement.</summary>
    public int MemoryMb { get; init; }

    /// <summary>Token of the host shell that it has loaded; null when unknown.</summary>
    public string? Shell { get; init; }
}

/// <summary>Counts a server's slots by their progress to the current host shell. Each slot counts once among <see cref="Current"/>, <see cref="Booting"/>,
/// <see cref="Draining"/> and <see cref="Stale"/>.</summary>
public sealed record ShellSlots
{
    /// <summary>The generation that the server knows as current and that the counts refer to. Null while it knows none.</summary>
    public long? Generation { get; init; }

    /// <summary>Idle or leased, with the current shell.</summary>
    public int Current { get; init; }

    /// <summary>Booting a page, in a new slot or to replace an old document.</summary>
    public int Booting { get; init; }

    /// <summary>Closing, or to be closed when their lease ends.</summary>
    public int Draining { get; init; }

    /// <summary>Idle or leased, with a stale shell.</summary>
    public int Stale { get; init; }

    /// <summary>Slots that still have to reach the current shell: the stale ones, and those that are booting to replace a stale document.</summary>
    public int Behind { get; init; }
}
