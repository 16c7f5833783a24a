namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Bounds the events that one page with its workers may cause. All pages of a browser share a connection, so a page that floods it would delay the others.
/// Only the receive loop calls it.</summary>
/// <param name="maxEvents">Maximum number of events in <see cref="Window"/>.</param>
/// <param name="maxBytes">Maximum number of bytes in <see cref="Window"/>, including those of discarded events.</param>
/// <param name="time">The clock.</param>
/// <param name="exceeded">Called once, with the reason, when a bound is exceeded. From then on no event is admitted.</param>
internal sealed class EventQuota(int maxEvents, long maxBytes, TimeProvider time, Action<string> exceeded)
{
    private long _startedAt = time.GetTimestamp();
    private int _events;
    private long _bytes;
    private bool _isExceeded;

    /// <summary>The time in which events are counted: 10 s. A page that stays below the bounds may send events for any time.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Counts an event. Returns false if it must be dropped.</summary>
    public bool Admits(long bytes)
    {
        if (_isExceeded)
        {
            return false;
        }

        if (time.GetElapsedTime(_startedAt) >= Window)
        {
            (_startedAt, _events, _bytes) = (time.GetTimestamp(), 0, 0);
        }

        _events++;
        _bytes += bytes;
        if (_events <= maxEvents && _bytes <= maxBytes)
        {
            return true;
        }

        _isExceeded = true;
        exceeded(_events > maxEvents
            ? $"The page caused more than {maxEvents} browser events (console messages, exceptions, requests) in {Window.TotalSeconds:0} s, the limit of Browser:MaxPageEvents."
            : $"The page caused browser events (console messages, exceptions, requests) of more than {maxBytes / 1_000_000} MB in {Window.TotalSeconds:0} s, the limit of Browser:MaxPageEventMb.");
        return false;
    }
}
