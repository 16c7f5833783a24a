using Fleet.Contracts;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Forwarding;

/// <summary>What came of sending a render to one server, and what the caller is told if it ends there.</summary>
/// <param name="Kind">What came of it.</param>
/// <param name="Answer">What the caller is told.</param>
internal sealed record ForwardAnswer(ForwardKind Kind, RenderAnswer Answer)
{
    /// <summary>An answer for a render on which nothing can be said about the content.</summary>
    public static ForwardAnswer WithoutVerdict(ForwardKind kind, RenderOperation visit, string message) => new(kind, new RenderResult
    {
        Outcome = RenderOutcome.NoVerdict,
        Url = visit.Request.Url,
        Affinity = visit.Affinity,
        Diagnostics = new RenderDiagnostics { Message = message },
    });
}
