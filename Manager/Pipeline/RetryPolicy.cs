using Fleet.Contracts;
using Fleet.Manager.Forwarding;

namespace Fleet.Manager.Pipeline;

/// <summary>Decides whether an attempt is retried, and on which server.</summary>
internal static class RetryPolicy
{
    /// <summary>The step after an attempt.</summary>
    /// <param name="kind">How the attempt ended.</param>
    /// <param name="attempt">Number of the attempt; the first is 1.</param>
    /// <param name="maxAttempts">Maximum number of attempts.</param>
    /// <param name="left">Remaining time. No server starts a render with less than <see cref="RenderLimits.MinDeadlineMs"/>.</param>
    public static RetryStep Next(ForwardKind kind, int attempt, int maxAttempts, TimeSpan left) =>
        attempt >= maxAttempts || left < TimeSpan.FromMilliseconds(RenderLimits.MinDeadlineMs) ? RetryStep.Answer : kind switch
        {
            // Another server would give the same answer.
            ForwardKind.Verdict or ForwardKind.Rejected or ForwardKind.TooLarge or ForwardKind.DeadlinePassed => RetryStep.Answer,
            // The server did not start the render, or cannot be trusted.
            ForwardKind.Unreachable or ForwardKind.Draining or ForwardKind.Busy or ForwardKind.Garbage => RetryStep.Another,
            // A render has no side effects, so it can be retried even after it has started.
            ForwardKind.NoVerdict or ForwardKind.Crashed or ForwardKind.ConnectionLost => RetryStep.AnotherOrSame,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    /// <summary>Whether the outcome is evidence that the server takes no renders at all.</summary>
    public static bool IsEvidence(ForwardKind kind) => kind is ForwardKind.Unreachable or ForwardKind.Draining;
}

/// <summary>The step after an attempt.</summary>
internal enum RetryStep
{
    /// <summary>Return the answer to the caller.</summary>
    Answer,

    /// <summary>Try another server.</summary>
    Another,

    /// <summary>Try another server, or the same one if there is no other: it may have recovered.</summary>
    AnotherOrSame,
}
