using Fleet.Contracts;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Forwarding;

/// <summary>What came of sending a render to one server, and what the caller is told if it ends there.</summary>
/// <param name="Kind">What came of it.</param>
/// <param name="Answer">What the caller is told.</param>
internal sealed record ForwardAnswer(ForwardKind Kind, RenderAnswer Answer)
{
    /// <summary>An answer for a render on which nothing can be said about the content.</summary>
    public static ForwardAnswer WithoutVerdict(ForwardKind kind, RenderOperation operation, string message) => new(kind, new RenderResult
    {
        Outcome = RenderOutcome.NoVerdict,
        Url = operation.Request.Url,
        Affinity = operation.Affinity,
        Diagnostics = new RenderDiagnostics { Message = message },
    });
}

/// <summary>What came of sending a render to one server.</summary>
internal enum ForwardKind
{
    /// <summary>A result with a verdict on the content.</summary>
    Verdict,

    /// <summary>A result without one: the server lost its browser, or the like.</summary>
    NoVerdict,

    /// <summary>A result without one, because the page was lost under the render: its browser or renderer crashed.</summary>
    Crashed,

    /// <summary>No connection came about: refused, unresolvable, timed out. Evidence about that server.</summary>
    Unreachable,

    /// <summary>The connection broke before the answer was complete: the server died, or something between.</summary>
    ConnectionLost,

    /// <summary>The server says that it drains. Evidence about that server.</summary>
    Draining,

    /// <summary>The server takes no more just now: its queue is full, it is warming, the wanted shell is not there.</summary>
    Busy,

    /// <summary>An answer that is not of the protocol.</summary>
    Garbage,

    /// <summary>The server refuses the request itself; another would too.</summary>
    Rejected,

    /// <summary>The result is larger than <c>Manager:MaxResultBytes</c>.</summary>
    TooLarge,

    /// <summary>The deadline has passed.</summary>
    DeadlinePassed,
}
