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

/// <summary>One prerender server as a manager sees it.</summary>
/// <param name="Record">What the server registered.</param>
/// <param name="Warm">Affinities with a page on it.</param>
/// <param name="InFlight">Renders that this manager has under way there.</param>
public sealed record ServerStatus(ServerRecord Record, IReadOnlyList<string> Warm, int InFlight);

/// <summary>How far the fleet is with the current host shell, as one manager sees it.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="Since">Since when: of a phase that the manager found at its start, since that start or since the shell became current, whichever is later.</param>
/// <param name="Serving">Live realm servers and the token that each serves.</param>
public sealed record ShellConvergence(ShellPhase Phase, DateTimeOffset Since, IReadOnlyDictionary<string, string> Serving);

/// <summary>How far the fleet is with the current host shell.</summary>
public enum ShellPhase
{
    /// <summary>Every page of every server has it.</summary>
    Converged,

    /// <summary>Live realm servers serve more than one shell: a deploy is under way.</summary>
    Rolling,

    /// <summary>Realm servers agree, and some page or server has not got there yet.</summary>
    Behind,
}

/// <summary>A realm as its realm server announces it.</summary>
/// <param name="Url">URL prefix of every card in it; ends with a slash.</param>
/// <param name="Name">For people.</param>
public sealed record RealmRecord(string Url, string Name);
