namespace Fleet.ServiceDefaults;

/// <summary>The clock for durations: ages, pauses, limits per minute, deadlines.</summary>
public static class MonotonicTime
{
    /// <summary>The time since an arbitrary moment before this process started. It is not affected when the clock of the machine is set, unlike <see cref="TimeProvider.GetUtcNow"/>,
    /// and means nothing to another process.</summary>
    public static TimeSpan GetMonotonicTime(this TimeProvider timeProvider) => timeProvider.GetElapsedTime(0);
}
