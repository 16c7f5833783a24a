using Fleet.ServiceDefaults;
using Fleet.Contracts;

namespace Fleet.Manager.Rendering;

/// <summary>A checked request on its way to a server.</summary>
/// <param name="Request">What to render.</param>
/// <param name="Affinity">For which affinity, given or found.</param>
/// <param name="RequestId">One id on every hop.</param>
/// <param name="Deadline">By when.</param>
/// <param name="Cause">The render that waits for it; null when a caller asked for it.</param>
/// <param name="Screenshot">What to take a screenshot of; null for a render of texts.</param>
/// <param name="Command">What to run; null for a render.</param>
/// <param name="Document">Whether the document alone is wanted, and not a result that holds it.</param>
internal sealed record RenderOperation(
    RenderRequest Request, string Affinity, string RequestId, Deadline Deadline, RenderLineage? Cause = null, ScreenshotRequest? Screenshot = null, CommandOrder? Command = null,
    bool Document = false)
{
    /// <summary>A valid call, with the affinity that was found for it. A nested render has at least the priority of its cause.</summary>
    public static RenderOperation From(RenderCall call, RenderLineage? cause, string affinity, Deadline deadline) => new(
        call.Request with { Priority = Math.Max(call.Request.Priority, cause?.Priority ?? 0) },
        affinity, call.RequestId, deadline, cause, call.Screenshot, call.Command, call.Document)
    {
        AttemptsLeft = call.AttemptsLeft ?? int.MaxValue,
    };

    /// <summary>How often it may be sent to a server, beside <c>Manager:MaxAttempts</c>.</summary>
    public int AttemptsLeft { get; init; } = int.MaxValue;

    /// <summary>0 when a caller asked for it, more when another render did.</summary>
    public int Depth => Cause is { } cause ? cause.Depth + 1 : 0;

    /// <summary>Whether the answer is a file, unless there is none: then it is a result that says why.</summary>
    public bool WantsFile => Document || Screenshot is not null;
}
