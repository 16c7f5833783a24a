namespace Fleet.Contracts;

/// <summary>Where a visit's time went, in milliseconds.</summary>
public sealed record RenderTimings
{
    /// <summary>Waiting for a slot.</summary>
    public double QueueMs { get; init; }

    /// <summary>Booting a page for this visit; 0 when one was at hand.</summary>
    public double BootMs { get; init; }

    /// <summary>The page's own work.</summary>
    public double RenderMs { get; init; }

    /// <summary>Reading the result out of the page.</summary>
    public double CaptureMs { get; init; }
}
