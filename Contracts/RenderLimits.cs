namespace Fleet.Contracts;

/// <summary>Limits of a <see cref="RenderRequest"/>. Exceeding one is a 400 or 413 that names field, value and limit.</summary>
public static class RenderLimits
{
    /// <summary>Maximum length of a URL, in characters.</summary>
    public const int MaxUrlLength = 2048;

    /// <summary>Maximum length of an affinity key, in characters.</summary>
    public const int MaxAffinityLength = 2300;

    /// <summary>Maximum size of a request body, in bytes.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>Minimum deadline, in milliseconds.</summary>
    public const int MinDeadlineMs = 100;

    /// <summary>Maximum deadline, in milliseconds.</summary>
    public const int MaxDeadlineMs = 120_000;

    /// <summary>Deadline of a request without one, in milliseconds.</summary>
    public const int DefaultDeadlineMs = 30_000;

    /// <summary>Maximum priority.</summary>
    public const int MaxPriority = 10;

    /// <summary>Maximum number of pixels of a screenshot. Each takes 4 bytes in the renderer, in the GPU process and in the encoder.</summary>
    public const double MaxScreenshotPixels = 50_000_000;
}
