namespace Fleet.Contracts;

/// <summary>The fleet as one manager sees it. Body of <c>GET /fleet</c>.</summary>
public sealed record FleetStatus
{
    /// <summary>The current host shell; null before the first claim.</summary>
    public HostShell? Shell { get; init; }

    /// <summary>How far the fleet has converged on that shell; null before the first claim.</summary>
    public ShellConvergence? Convergence { get; init; }

    /// <summary>Live servers, by name.</summary>
    public IReadOnlyList<ServerStatus> Servers { get; init; } = [];

    /// <summary>Realms that a URL can belong to.</summary>
    public IReadOnlyList<RealmRecord> Realms { get; init; } = [];

    /// <summary>Live managers and realm servers, by kind and name.</summary>
    public IReadOnlyList<ServiceRecord> Services { get; init; } = [];

    /// <summary>Origins that may be rendered. Empty for a reader without the admin key.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Number of origins that may be rendered, for every reader.</summary>
    public int AllowedOriginCount { get; init; }

    /// <summary>This manager's renders in flight.</summary>
    public int InFlight { get; init; }

    /// <summary>Callers that wait for an answer of this manager: those of renders in flight, of waiting renders and of shared renders.</summary>
    public int Callers { get; init; }

    /// <summary>Renders that wait in this manager's queue.</summary>
    public int Queued { get; init; }

    /// <summary>Renders that wait in this manager's queue, by affinity: the longest first, at most 20. Renders of users are one entry, <c>user:</c>.</summary>
    public IReadOnlyList<QueueLength> Queues { get; init; } = [];

    /// <summary>What is wrong, the most severe first; empty when nothing is.</summary>
    public IReadOnlyList<FleetAlert> Alerts { get; init; } = [];

    /// <summary>When the registry was last read; not updated while Redis is unavailable. Null before the first read.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>When this status was created, by the same clock as <see cref="ReadAt"/>, so that a reader can tell the age without comparing clocks.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>One prerender server as a manager sees it.</summary>
/// <param name="Record">The record that the server registered.</param>
/// <param name="Warm">Affinities with a page on the server, in ordinal order.</param>
/// <param name="InFlight">This manager's renders in flight on the server.</param>
public sealed record ServerStatus(ServerRecord Record, IReadOnlyList<string> Warm, int InFlight)
{
    /// <summary>Whether this manager sends it no renders, because it refused a connection or does not answer <c>/alive</c>.</summary>
    public bool Unhealthy { get; init; }
}

/// <summary>The waiting renders of one affinity.</summary>
/// <param name="Affinity">The affinity, without its principal.</param>
/// <param name="Queued">Number of waiting renders.</param>
public sealed record QueueLength(string Affinity, int Queued);

/// <summary>Something that is wrong with the fleet, as one manager sees it.</summary>
/// <param name="Reason">Stable reason for programs: <c>no_servers</c>.</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="Since">When this manager noticed it.</param>
/// <param name="Severe">Whether callers get errors because of it, or will soon.</param>
public sealed record FleetAlert(string Reason, string Detail, DateTimeOffset Since, bool Severe)
{
    /// <summary>Name of the server that it concerns; null when it concerns the fleet.</summary>
    public string? Server { get; init; }

    /// <summary>Address of that server; null for a reader without the admin key.</summary>
    public string? Address { get; init; }
}

/// <summary>How far the fleet has converged on the current host shell, as one manager sees it.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Since">When the phase began. For the phase at the manager's start: that start or the time the shell became current, whichever is later.</param>
/// <param name="Serving">Live realm servers and the token that each serves.</param>
public sealed record ShellConvergence(ShellPhase Phase, DateTimeOffset Since, IReadOnlyDictionary<string, string> Serving);

/// <summary>How far the fleet has converged on the current host shell.</summary>
public enum ShellPhase
{
    /// <summary>Every page of every server has the current shell; draining servers are ignored.</summary>
    Converged,

    /// <summary>Live realm servers serve more than one shell: a deploy is in progress.</summary>
    Rolling,

    /// <summary>The realm servers agree, but at least one server does not have the current shell on all its pages yet.</summary>
    Behind,
}

/// <summary>A realm as its realm server announces it.</summary>
/// <param name="Url">URL prefix of every card of the realm; ends with a slash.</param>
/// <param name="Name">Display name.</param>
public sealed record RealmRecord(string Url, string Name);
