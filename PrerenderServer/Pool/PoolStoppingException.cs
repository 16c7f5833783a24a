namespace Fleet.PrerenderServer.Pool;

/// <summary>The pool stops and serves nobody any more. Another server may.</summary>
internal sealed class PoolStoppingException(string message) : Exception(message);
