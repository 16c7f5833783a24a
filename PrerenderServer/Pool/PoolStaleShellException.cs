namespace Fleet.PrerenderServer.Pool;

/// <summary>The request wanted the current host shell at once and no free page has it. Ask again later, or accept waiting.</summary>
internal sealed class PoolStaleShellException(string message) : Exception(message);
