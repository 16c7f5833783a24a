namespace Fleet.Manager.Scheduling;

/// <summary>Estimates throughput as the average time between the ends of two renders while others wait. Uses the servers' own figures until it has measured
/// enough.</summary>
internal sealed class ThroughputEstimator
{
    /// <summary>Minimum number of measured renders.</summary>
    private const int MinSamples = 8;

    private TimeSpan _last;
    private bool _wasWaitedFor;
    private double _averageMs;
    private int _count;

    /// <summary>Records that a render ended.</summary>
    /// <param name="now">The time, by any monotonic clock.</param>
    /// <param name="isWaitedFor">Whether other renders wait.</param>
    public void RecordEnd(TimeSpan now, bool isWaitedFor)
    {
        // An interval in which no render waited includes idle time.
        if (_wasWaitedFor)
        {
            var milliseconds = (now - _last).TotalMilliseconds;
            _count++;
            _averageMs += (milliseconds - _averageMs) / Math.Min(_count, 32);
        }

        (_last, _wasWaitedFor) = (now, isWaitedFor);
    }

    /// <summary>Estimates the time until this many renders have ended.</summary>
    /// <param name="renders">Number of renders.</param>
    /// <param name="slots">Slots of the ready servers.</param>
    /// <param name="renderMs">Average duration of a render, in milliseconds.</param>
    public TimeSpan TimeFor(int renders, int slots, double renderMs) =>
        TimeSpan.FromMilliseconds(renders * (_count >= MinSamples ? _averageMs : renderMs / Math.Max(1, slots)));
}
