namespace Fleet.Contracts;

/// <summary>A prerender server's answer to an operator's request.</summary>
/// <param name="Affected">Slots or renders that it concerns.</param>
/// <param name="Detail">A sentence: what it does about them.</param>
public sealed record ServerActed(int Affected, string Detail);
