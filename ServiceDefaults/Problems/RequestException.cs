namespace Fleet.ServiceDefaults.Problems;

/// <summary>A request cannot be served, and the caller can tell why. Becomes problem details with this status, reason and message.</summary>
public sealed class RequestException(int status, string reason, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    /// <summary>HTTP status, 400 to 599.</summary>
    public int Status => status;

    /// <summary>Stable word for programs.</summary>
    public string Reason => reason;

    /// <summary>When to try again; becomes <c>Retry-After</c>, in whole seconds, rounded up.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
