using Fleet.Contracts;

namespace Fleet.Manager.Rendering;

/// <summary>A request as its caller made it.</summary>
/// <param name="Request">What to render.</param>
/// <param name="RequestId">One id on every hop.</param>
internal sealed record RenderCall(RenderRequest Request, string RequestId)
{
    /// <summary>What to take a screenshot of; then the request is its render. Null for texts.</summary>
    public ScreenshotRequest? Screenshot { get; init; }

    /// <summary>What to run; then the request is its render. Null for a render.</summary>
    public CommandOrder? Command { get; init; }

    /// <summary>Whether the document alone is wanted, and not a result that holds it.</summary>
    public bool Document { get; init; }

    /// <summary>The caller's timeout, beside the request's; null when it said nothing.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often the render may still be sent to a server, as an earlier error said; null when it was not submitted before.</summary>
    public int? AttemptsLeft { get; init; }

    /// <summary>The render that caused this one, if any.</summary>
    public RenderLineage? Cause { get; init; }

    /// <summary>Whether the caller has shown the admin key.</summary>
    public bool HasKey { get; init; }
}

/// <summary>A command on its way to a server. It may be sent again, and to another server: the fleet starts what a key names once.</summary>
/// <param name="Request">The command.</param>
/// <param name="Key">Its <c>Idempotency-Key</c>.</param>
internal sealed record CommandOrder(CommandRequest Request, string Key);
