using Fleet.Contracts;

namespace Fleet.Manager.Servers;

/// <summary>A prerender server in a <see cref="FleetView"/>.</summary>
/// <param name="Record">What it registered.</param>
/// <param name="Warm">Affinities with a page on it, by when each was last used.</param>
/// <param name="OwnWhenSeen">Renders that this manager had under way there when the record was new: they are in the record's numbers,
/// and must not be counted twice.</param>
internal sealed record LiveServer(ServerRecord Record, IReadOnlyDictionary<string, DateTimeOffset> Warm, int OwnWhenSeen)
{
    public static IReadOnlyDictionary<string, DateTimeOffset> NothingWarm { get; } = new Dictionary<string, DateTimeOffset>();

    public string Incarnation => Record.Incarnation;

    public bool IsReady => Record is { State: ServerState.Ready, Slots: > 0 };

    /// <summary>Of its name: that survives a restart, so an affinity comes back to the machine that knew it.</summary>
    public ulong Hash { get; } = RendezvousHash.Of(Record.Name);

    /// <summary>Renders that other callers had there when the record was new, running or waiting.</summary>
    public int WorkOfOthers => Math.Max(0, Math.Max(0, Record.Slots - Record.Free) + Record.Queue - OwnWhenSeen);
}
