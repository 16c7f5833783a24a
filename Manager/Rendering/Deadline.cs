namespace Fleet.Manager.Rendering;

/// <summary>The one absolute deadline of a render. Kept by the monotonic clock, so that a wall-clock jump changes nothing.</summary>
internal sealed class Deadline(TimeProvider timeProvider, TimeSpan patience)
{
    private readonly long _started = timeProvider.GetTimestamp();

    /// <summary>What is left; negative once it has passed.</summary>
    public TimeSpan Left => patience - timeProvider.GetElapsedTime(_started);

    /// <summary>All that there was, for messages.</summary>
    public TimeSpan Patience => patience;
}
