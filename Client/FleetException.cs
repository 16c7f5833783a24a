using System.Net;
using Fleet.Contracts;

namespace Fleet.Client;

/// <summary>A call to a manager ended without a result.</summary>
/// <param name="reason">Reason for programs.</param>
/// <param name="message">A sentence for people.</param>
/// <param name="inner">The cause, if it is an exception.</param>
public sealed class FleetException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Reason for programs: one of the API's (<c>queue-full</c>, <c>not-allowed</c>, …), <c>unreachable</c>, <c>no-answer</c>, <c>too-large</c> or <c>not-a-manager</c>.</summary>
    public string Reason => reason;

    /// <summary>Status of the manager's answer; null without an answer.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>When another try may succeed; null if none will, or if it is not known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How the render ended, if there was one without content.</summary>
    public RenderOutcome? Outcome { get; init; }

    /// <summary>What happened in the page, if the render reached one.</summary>
    public RenderDiagnostics? Diagnostics { get; init; }
}
