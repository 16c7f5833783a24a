namespace Fleet.ServiceDefaults;

/// <summary>The absolute deadline of a render. It is measured with the monotonic clock, so changes of the wall clock do not affect it.</summary>
public sealed class Deadline(TimeSpan total, TimeProvider timeProvider)
{
    private static readonly TimeSpan s_minStep = TimeSpan.FromMilliseconds(1);
    private readonly long _started = timeProvider.GetTimestamp();

    /// <summary>The total time from start to deadline.</summary>
    public TimeSpan Total => total;

    /// <summary>The remaining time; negative once the deadline has passed.</summary>
    public TimeSpan Left => total - timeProvider.GetElapsedTime(_started);

    /// <summary>The remaining time; zero once the deadline has passed.</summary>
    public TimeSpan LeftOrZero => Left is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>The timeout of one step: its budget, or the remaining time minus <paramref name="reserve"/> for later steps, whichever is shorter. At least 1 ms,
    /// so that the step itself reports the timeout.</summary>
    public TimeSpan Step(TimeSpan reserve, TimeSpan? budget = null)
    {
        var left = Left - reserve;
        var step = budget < left ? budget.Value : left;
        return step > s_minStep ? step : s_minStep;
    }
}
