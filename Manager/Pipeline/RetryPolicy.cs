using Fleet.Contracts;
using Fleet.Manager.Forwarding;

namespace Fleet.Manager.Pipeline;

/// <summary>Which attempts are repeated, and where.</summary>
internal static class RetryPolicy
{
    /// <summary>What to do after an attempt.</summary>
    /// <param name="kind">What came of it.</param>
    /// <param name="attempt">Which one it was; the first is 1.</param>
    /// <param name="maxAttempts">How many there may be.</param>
    /// <param name="left">What is left of the deadline. With less than the shortest deadline no server starts a render.</param>
    public static RetryStep Next(ForwardKind kind, int attempt, int maxAttempts, TimeSpan left) =>
        attempt >= maxAttempts || left < TimeSpan.FromMilliseconds(RenderLimits.MinDeadlineMs) ? RetryStep.Answer : kind switch
        {
            // A verdict is about the content, and the rest of these would be the same anywhere.
            ForwardKind.Verdict or ForwardKind.Rejected or ForwardKind.TooLarge or ForwardKind.DeadlinePassed => RetryStep.Answer,
            // Nothing was started there, or nothing sensible.
            ForwardKind.Unreachable or ForwardKind.Draining or ForwardKind.Busy or ForwardKind.Garbage => RetryStep.Another,
            // A render has no effect on the outside, so it may be repeated even if it had begun.
            ForwardKind.NoVerdict or ForwardKind.Crashed or ForwardKind.ConnectionLost => RetryStep.AnotherOrSame,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    /// <summary>Whether this is evidence that the server takes no renders at all.</summary>
    public static bool IsEvidence(ForwardKind kind) => kind is ForwardKind.Unreachable or ForwardKind.Draining;
}

/// <summary>What to do after an attempt.</summary>
internal enum RetryStep
{
    /// <summary>Tell the caller.</summary>
    Answer,

    /// <summary>Try another server.</summary>
    Another,

    /// <summary>Try another server, or the same one when there is no other: it may have recovered.</summary>
    AnotherOrSame,
}
