namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Bounds the events that one page with its workers may cause. All pages of a browser share a connection, so a page that floods it would delay the others.
/// Only the receive loop calls it.</summary>
/// <param name="maxEvents">Maximum number of events in <see cref="Window"/>, each counted as <see cref="WeightOf"/> says.</param>
/// <param name="maxBytes">Maximum number of bytes in <see cref="Window"/>, including those of discarded events; those of a console message or an exception count tenfold.</param>
/// <param name="time">The clock.</param>
/// <param name="exceeded">Called once, with the reason, when a bound is exceeded. From then on no event is admitted.</param>
internal sealed class EventQuota(int maxEvents, long maxBytes, TimeProvider time, Action<string> exceeded)
{
    private long _startedAt = time.GetTimestamp();
    private long _events;
    private long _bytes;
    private bool _isExceeded;

    /// <summary>The time in which events are counted: 10 s. A page that stays below the bounds may send events for any time.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How much an event counts, by what it costs the browser's own process: a console message or an exception is also written to that process's log, at 65 µs and 0.1 ms per KB, and a change of the
    /// address takes it 0.7 ms, though a host may make one in each render.</summary>
    public static int WeightOf(string method) => method switch
    {
        "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" => 10,
        "Page.navigatedWithinDocument" => 25,
        _ => 1,
    };

    /// <summary>Counts an event. Returns false if it must be dropped.</summary>
    public bool Admits(string method, long bytes)
    {
        if (_isExceeded)
        {
            return false;
        }

        if (time.GetElapsedTime(_startedAt) >= Window)
        {
            (_startedAt, _events, _bytes) = (time.GetTimestamp(), 0, 0);
        }

        var weight = WeightOf(method);
        _events += weight;
        _bytes += bytes * Math.Min(weight, 10);
        if (_events <= maxEvents && _bytes <= maxBytes)
        {
            return true;
        }

        _isExceeded = true;
        exceeded(_events > maxEvents
            ? $"The page caused more than {maxEvents} browser events (requests; console messages and exceptions count tenfold, changes of the address 25 times) in {Window.TotalSeconds:0} s, the limit of Browser:MaxPageEvents."
            : $"The page caused browser events (requests; console messages and exceptions count tenfold) of more than {maxBytes / 1_000_000} MB in {Window.TotalSeconds:0} s, the limit of Browser:MaxPageEventMb.");
        return false;
    }
}
