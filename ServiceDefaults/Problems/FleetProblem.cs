using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;

namespace Fleet.ServiceDefaults.Problems;

/// <summary>Problem details with a stable type and a machine-readable reason.</summary>
public static class FleetProblem
{
    /// <summary>Prefix of every <c>type</c>; the reason follows.</summary>
    public const string TypePrefix = "urn:fleet:problem:";

    /// <summary>Creates a problem response.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="reason">Stable reason for programs: <c>queue-full</c>, <c>not-allowed</c>, …</param>
    /// <param name="detail">A sentence for people: field, value, range.</param>
    /// <param name="extensions">Further members, if any.</param>
    public static ProblemHttpResult Result(int status, string reason, string detail, IDictionary<string, object?>? extensions = null) =>
        TypedResults.Problem(detail, statusCode: status, type: TypePrefix + reason,
            extensions: new Dictionary<string, object?>(extensions ?? new Dictionary<string, object?>()) { ["reason"] = reason });
}

/// <summary>A request cannot be served for a reason that the caller should know. Converted to problem details with this status, reason and message.</summary>
public sealed class RequestException(int status, string reason, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    /// <summary>HTTP status, 400 to 599.</summary>
    public int Status => status;

    /// <summary>Stable reason for programs.</summary>
    public string Reason => reason;

    /// <summary>When to retry; sent as <c>Retry-After</c> in whole seconds, rounded up. Null when there is none.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
