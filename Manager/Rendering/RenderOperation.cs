using Fleet.ServiceDefaults;
using Fleet.Contracts;

namespace Fleet.Manager.Rendering;

/// <summary>A validated render on its way to a server.</summary>
/// <param name="Request">What to render.</param>
/// <param name="Affinity">The affinity, named by the caller or derived from the URL.</param>
/// <param name="RequestId">The request id, the same on every hop.</param>
/// <param name="Deadline">The render's deadline.</param>
/// <param name="Cause">The render that caused this one; null when a caller requested it.</param>
/// <param name="Screenshot">The screenshot to take; null for other renders.</param>
/// <param name="Command">The command to run; null for other renders.</param>
/// <param name="Document">Whether the caller wants the bare document instead of a <see cref="RenderResult"/>.</param>
internal sealed record RenderOperation(
    RenderRequest Request, string Affinity, string RequestId, Deadline Deadline, RenderLineage? Cause = null, ScreenshotRequest? Screenshot = null, CommandOrder? Command = null,
    bool Document = false)
{
    /// <summary>Creates the operation of a valid call. A nested render has at least the priority of its cause.</summary>
    public static RenderOperation From(RenderCall call, RenderLineage? cause, string affinity, Deadline deadline) => new(
        call.Request with { Priority = Math.Max(call.Request.Priority, cause?.Priority ?? 0) },
        affinity, call.RequestId, deadline, cause, call.Screenshot, call.Command, call.Document)
    {
        AttemptsLeft = call.AttemptsLeft ?? int.MaxValue,
        FullLoad = call.FullLoad,
    };

    /// <inheritdoc cref="RenderCall.FullLoad"/>
    public bool FullLoad { get; init; }

    /// <summary>Remaining attempts by the caller's count; <c>Manager:MaxAttempts</c> applies as well.</summary>
    public int AttemptsLeft { get; init; } = int.MaxValue;

    /// <summary>The affinity without its principal. Fairness counts by it: a caller may make up credentials, and each would be a queue of its own.</summary>
    public string FairnessKey { get; } = AffinityKey.TryParse(Affinity, out var key) ? (key with { Scope = "" }).ToString() : Affinity;

    /// <summary>0 for a render that a caller requested; one more than its cause for a nested render.</summary>
    public int Depth => Cause is { } cause ? cause.Depth + 1 : 0;

    /// <summary>Whether the expected answer is a file. If there is none, the answer is a result that states why.</summary>
    public bool WantsFile => Document || Screenshot is not null;
}
