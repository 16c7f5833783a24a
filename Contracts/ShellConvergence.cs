namespace Fleet.Contracts;

/// <summary>How far the fleet is with the current host shell, as one manager sees it.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="Since">Since when: of a phase that the manager found at its start, since that start or since the shell became current, whichever is later.</param>
/// <param name="Serving">Live realm servers and the token that each serves.</param>
public sealed record ShellConvergence(ShellPhase Phase, DateTimeOffset Since, IReadOnlyDictionary<string, string> Serving);
