namespace Fleet.Contracts;

/// <summary>The result of an operator's request, per server.</summary>
/// <param name="Servers">The servers that the request was sent to, by name.</param>
public sealed record OperatorReport(IReadOnlyList<ServerReport> Servers);

/// <summary>The result for one server.</summary>
/// <param name="Name">Name of the server.</param>
/// <param name="Incarnation">Incarnation of the server.</param>
/// <param name="Done">Whether the server has carried out the request or started to.</param>
/// <param name="Affected">Number of slots or renders affected, or of failures reported.</param>
/// <param name="Detail">A sentence: what the server did, or why not.</param>
public sealed record ServerReport(string Name, string Incarnation, bool Done, int Affected, string Detail);

/// <summary>A prerender server's answer to an operator's request.</summary>
/// <param name="Affected">Number of slots or renders affected.</param>
/// <param name="Detail">A sentence: what the server does.</param>
public sealed record ServerActed(int Affected, string Detail);

/// <summary>The result of <c>POST /fleet/recycle</c>.</summary>
/// <param name="Servers">Every live server, by name.</param>
public sealed record RecycleReport(IReadOnlyList<RecycledServer> Servers);

/// <summary>The result of a recycle for one server.</summary>
/// <param name="Name">Name of the server.</param>
/// <param name="Incarnation">Incarnation of the server.</param>
/// <param name="State">The state that the server last reported.</param>
/// <param name="Slots">Maximum number of slots of the server.</param>
/// <param name="Asked">Whether the request was sent. Draining servers are skipped, since their slots end anyway.</param>
public sealed record RecycledServer(string Name, string Incarnation, ServerState State, int Slots, bool Asked)
{
    /// <summary>Whether the server accepted the request.</summary>
    public bool Done { get; init; }

    /// <summary>The server's answer, or why the request was not sent or failed.</summary>
    public string? Detail { get; init; }
}
