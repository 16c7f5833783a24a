namespace Fleet.PrerenderServer.Pool;

/// <summary>No page could be had in the time the request gave. Another server may have one.</summary>
internal sealed class PoolDeadlineException(string message) : Exception(message);
