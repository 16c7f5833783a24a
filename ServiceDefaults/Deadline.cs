namespace Fleet.ServiceDefaults;

/// <summary>The one absolute deadline of a render. It is measured with the monotonic clock, so a change of the wall clock does not move it.</summary>
public sealed class Deadline(TimeSpan total, TimeProvider timeProvider)
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);
    private readonly long _started = timeProvider.GetTimestamp();

    /// <summary>The whole time that there was, for messages and for shares of it.</summary>
    public TimeSpan Total => total;

    /// <summary>The time that is left; negative once the deadline has passed.</summary>
    public TimeSpan Left => total - timeProvider.GetElapsedTime(_started);

    /// <summary>The time that is left; zero once the deadline has passed.</summary>
    public TimeSpan LeftOrZero => Left is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>The time of one step: its budget, or what is left when <paramref name="reserve"/> is kept for later steps, whichever is less.
    /// At least 1 ms, so that the step itself reports that it is late.</summary>
    public TimeSpan Step(TimeSpan reserve, TimeSpan? budget = null)
    {
        var left = Left - reserve;
        var step = budget < left ? budget.Value : left;
        return step > s_shortest ? step : s_shortest;
    }
}
