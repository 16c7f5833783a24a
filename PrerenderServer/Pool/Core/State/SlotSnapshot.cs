namespace Fleet.PrerenderServer.Pool.Core.State;

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
