namespace Fleet.Contracts;

/// <summary>What an operator's request came to, server by server.</summary>
/// <param name="Servers">Every server that it concerned, by name.</param>
public sealed record OperatorReport(IReadOnlyList<ServerReport> Servers);

/// <summary>What became of one server.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Incarnation">Which one it is.</param>
/// <param name="Done">Whether it has done what was asked, or has begun to.</param>
/// <param name="Affected">Slots or renders that it concerns there.</param>
/// <param name="Detail">A sentence: what it did, or why it did not.</param>
public sealed record ServerReport(string Name, string Incarnation, bool Done, int Affected, string Detail);

/// <summary>A prerender server's answer to an operator's request.</summary>
/// <param name="Affected">Slots or renders that it concerns.</param>
/// <param name="Detail">A sentence: what it does about them.</param>
public sealed record ServerActed(int Affected, string Detail);

/// <summary>What a manager did on <c>POST /fleet/recycle</c>.</summary>
/// <param name="Servers">Every server that it knows, by name.</param>
public sealed record RecycleReport(IReadOnlyList<RecycledServer> Servers);

/// <summary>What became of one server.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Incarnation">Which one it is.</param>
/// <param name="State">What it last said about itself.</param>
/// <param name="Slots">Slots that it may replace.</param>
/// <param name="Asked">Whether it was asked; one that drains is not, since its slots end anyway.</param>
public sealed record RecycledServer(string Name, string Incarnation, ServerState State, int Slots, bool Asked)
{
    /// <summary>Whether it said that it does.</summary>
    public bool Done { get; init; }

    /// <summary>What it said, or why it was not asked or could not be.</summary>
    public string? Detail { get; init; }
}
