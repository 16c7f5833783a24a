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
