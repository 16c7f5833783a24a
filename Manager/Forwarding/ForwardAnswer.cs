using Fleet.Contracts;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Forwarding;

/// <summary>The result of one attempt to render on one server.</summary>
/// <param name="Kind">How the attempt ended.</param>
/// <param name="Answer">The answer for the caller if the render is not retried.</param>
internal sealed record ForwardAnswer(ForwardKind Kind, RenderAnswer Answer)
{
    /// <summary>Creates an answer without a verdict on the content.</summary>
    public static ForwardAnswer WithoutVerdict(ForwardKind kind, RenderOperation operation, string message) => new(kind, new RenderResult
    {
        Outcome = RenderOutcome.NoVerdict,
        Url = operation.Request.Url,
        Affinity = operation.Affinity,
        Diagnostics = new RenderDiagnostics { Message = message },
    });
}

/// <summary>How one attempt on one server ended.</summary>
internal enum ForwardKind
{
    /// <summary>A result with a verdict on the content.</summary>
    Verdict,

    /// <summary>A result without a verdict, for example because the server lost its browser before the render had a page, or because the site was down.</summary>
    NoVerdict,

    /// <summary>A result without a verdict, because the page's renderer crashed during the render (<see cref="RenderPage.Crashed"/>).</summary>
    Crashed,

    /// <summary>No connection: refused, unresolvable or timed out. Evidence that the server is unhealthy.</summary>
    Unreachable,

    /// <summary>The connection broke before the response was complete, or the server was declared gone.</summary>
    ConnectionLost,

    /// <summary>The server is draining. Evidence that it takes no renders.</summary>
    Draining,

    /// <summary>The server cannot take the render now: its queue is full, it is warming, or it lacks the required shell.</summary>
    Busy,

    /// <summary>A response that violates the protocol.</summary>
    Garbage,

    /// <summary>The server rejects the request as invalid; any other server would too.</summary>
    Rejected,

    /// <summary>The result is larger than <c>Manager:MaxResultBytes</c>.</summary>
    TooLarge,

    /// <summary>The deadline has passed.</summary>
    DeadlinePassed,
}
