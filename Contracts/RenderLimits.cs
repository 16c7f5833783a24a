namespace Fleet.Contracts;

/// <summary>Bounds of a <see cref="RenderRequest"/>. Over a bound is a 400 or 413 that names field, value and bound.</summary>
public static class RenderLimits
{
    /// <summary>Longest URL, in characters.</summary>
    public const int MaxUrlLength = 2048;

    /// <summary>Longest affinity key, in characters.</summary>
    public const int MaxAffinityLength = 2300;

    /// <summary>Largest request body, in bytes.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>Shortest deadline, in milliseconds.</summary>
    public const int MinDeadlineMs = 100;

    /// <summary>Longest deadline, in milliseconds.</summary>
    public const int MaxDeadlineMs = 120_000;

    /// <summary>Deadline of a request that names none, in milliseconds.</summary>
    public const int DefaultDeadlineMs = 30_000;

    /// <summary>Highest priority.</summary>
    public const int MaxPriority = 10;

    /// <summary>Most pixels of a screenshot: each takes 4 bytes in the renderer, the GPU process and the encoder alike.</summary>
    public const double MaxScreenshotPixels = 50_000_000;
}
