namespace Fleet.Manager.Scheduling;

/// <summary>How fast a queue drains: the average time between two renders that leave while others wait. What was measured counts, and before
/// anything was, what the servers say about themselves.</summary>
internal sealed class ThroughputEstimator
{
    /// <summary>Departures after which the measure is believed.</summary>
    private const int Enough = 8;

    private TimeSpan _last;
    private bool _wasWaitedFor;
    private double _averageMs;
    private int _count;

    /// <summary>A render left.</summary>
    /// <param name="now">When, by any monotonic clock.</param>
    /// <param name="isWaitedFor">Whether others wait for its place.</param>
    public void Left(TimeSpan now, bool isWaitedFor)
    {
        // The time before the first of a busy spell was idle and says nothing.
        if (_wasWaitedFor)
        {
            var milliseconds = (now - _last).TotalMilliseconds;
            _count++;
            _averageMs += (milliseconds - _averageMs) / Math.Min(_count, 32);
        }

        (_last, _wasWaitedFor) = (now, isWaitedFor);
    }

    /// <summary>How long it takes until so many renders have left.</summary>
    /// <param name="renders">How many.</param>
    /// <param name="slots">Slots of the ready servers.</param>
    /// <param name="renderMs">What a render costs there.</param>
    public TimeSpan TimeFor(int renders, int slots, double renderMs) =>
        TimeSpan.FromMilliseconds(renders * (_count >= Enough ? _averageMs : renderMs / Math.Max(1, slots)));
}
