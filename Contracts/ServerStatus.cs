namespace Fleet.Contracts;

/// <summary>One prerender server as a manager sees it.</summary>
/// <param name="Record">What the server registered.</param>
/// <param name="Warm">Affinities with a page on it.</param>
/// <param name="InFlight">Renders that this manager has under way there.</param>
public sealed record ServerStatus(ServerRecord Record, IReadOnlyList<string> Warm, int InFlight);
