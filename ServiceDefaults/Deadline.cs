namespace Fleet.ServiceDefaults;

/// <summary>The absolute deadline of a render. It is measured with the monotonic clock, so changes of the wall clock do not affect it.</summary>
public sealed class Deadline
{
    private static readonly TimeSpan s_minStep = TimeSpan.FromMilliseconds(1);
    private readonly TimeProvider _time;
    private readonly long _started;

    /// <summary>A deadline that ends <paramref name="total"/> from now.</summary>
    public Deadline(TimeSpan total, TimeProvider time)
        : this(total, time, time.GetTimestamp())
    {
    }

    private Deadline(TimeSpan total, TimeProvider time, long started) => (Total, _time, _started) = (total, time, started);

    /// <summary>The total time from start to deadline.</summary>
    public TimeSpan Total { get; }

    /// <summary>The remaining time; negative once the deadline has passed.</summary>
    public TimeSpan Left => Total - _time.GetElapsedTime(_started);

    /// <summary>The remaining time; zero once the deadline has passed.</summary>
    public TimeSpan LeftOrZero => Left is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>A part of the total time: one of <paramref name="parts"/> equal ones, at most <paramref name="max"/>.</summary>
    public TimeSpan Part(int parts, TimeSpan max) => Total / parts is var part && part < max ? part : max;

    /// <summary>This deadline, earlier by a time that is reserved for what comes afterwards.</summary>
    public Deadline Less(TimeSpan reserve) => new(Total - reserve, _time, _started);

    /// <summary>The timeout of one step: its budget or the remaining time, whichever is shorter. At least 1 ms, so that the step itself reports the timeout.</summary>
    public TimeSpan Step(TimeSpan? budget = null)
    {
        var left = Left;
        var step = budget < left ? budget.Value : left;
        return step > s_minStep ? step : s_minStep;
    }
}
