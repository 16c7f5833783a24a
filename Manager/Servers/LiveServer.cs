using Fleet.Contracts;

namespace Fleet.Manager.Servers;

/// <summary>A prerender server in a <see cref="FleetView"/>.</summary>
/// <param name="Record">The record that the server registered.</param>
/// <param name="Warm">Affinities with a page on the server.</param>
/// <param name="OwnWhenSeen">This manager's renders in flight on the server when the record was first read: the record's figures include them, so
/// they must not be counted twice.</param>
internal sealed record LiveServer(ServerRecord Record, IReadOnlySet<string> Warm, int OwnWhenSeen)
{
    public static IReadOnlySet<string> NothingWarm { get; } = new HashSet<string>();

    public string Incarnation => Record.Incarnation;

    public bool IsReady => Record is { State: ServerState.Ready, Slots: > 0 };

    /// <summary>Hash of name and address. Both survive a restart, so an affinity returns to the same machine. The name alone is not enough: replicas may share one,
    /// and would compete for the same affinities.</summary>
    public ulong Hash { get; } = RendezvousHash.Of($"{Record.Name} {Record.Url}");

    /// <summary>Renders of other managers on the server, running or waiting, when the record was first read.</summary>
    public int WorkOfOthers => Math.Max(0, Math.Max(0, Record.Slots - Record.Free) + Record.Queue - OwnWhenSeen);
}
