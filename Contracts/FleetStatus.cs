namespace Fleet.Contracts;

/// <summary>The fleet as one manager sees it. Body of <c>GET /fleet</c>.</summary>
public sealed record FleetStatus
{
    /// <summary>The current host shell; null before the first claim.</summary>
    public HostShell? Shell { get; init; }

    /// <summary>How far the fleet is with that shell; null before the first claim.</summary>
    public ShellConvergence? Convergence { get; init; }

    /// <summary>Live servers, by name.</summary>
    public IReadOnlyList<ServerStatus> Servers { get; init; } = [];

    /// <summary>Realms that a URL can belong to.</summary>
    public IReadOnlyList<RealmRecord> Realms { get; init; } = [];

    /// <summary>Origins that may be rendered.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Renders that this manager has under way.</summary>
    public int InFlight { get; init; }

    /// <summary>Callers that wait for an answer of this manager: those of renders under way, those that wait, and those that share a render.</summary>
    public int Callers { get; init; }

    /// <summary>Renders that wait in this manager for a turn.</summary>
    public int Queued { get; init; }

    /// <summary>When the registry was last read; old when Redis is away.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>When this was said, by the same clock as <see cref="ReadAt"/>: a reader need not compare clocks to tell its age.</summary>
    public DateTimeOffset At { get; init; }
}
