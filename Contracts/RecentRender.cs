namespace Fleet.Contracts;

/// <summary>A render that a manager answered. An entry of <c>GET /fleet/renders</c>.</summary>
public sealed record RecentRender
{
    /// <summary>When it was answered.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Id of the logical call.</summary>
    public required string RequestId { get; init; }

    /// <summary>The URL; without its query for commands and for renders with credentials.</summary>
    public required string Url { get; init; }

    /// <summary>The affinity; null when the render was rejected before it had one.</summary>
    public string? Affinity { get; init; }

    /// <summary>The outcome, or the reason of the error: <c>rendered</c>, <c>queue-full</c>; <c>cancelled</c> when the caller disconnected first.</summary>
    public required string Outcome { get; init; }

    /// <summary>Whether the fleet failed to render.</summary>
    public bool Failed { get; init; }

    /// <summary>Time from request to answer, in milliseconds.</summary>
    public double DurationMs { get; init; }

    /// <summary>Name of the server that rendered; null when none did.</summary>
    public string? Server { get; init; }

    /// <summary>Whether the page had rendered for this affinity before; null when no page rendered.</summary>
    public bool? Warm { get; init; }

    /// <summary>Path of the failure's record; null when there is none.</summary>
    public string? Record { get; init; }
}
