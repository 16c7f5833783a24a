namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Requests of a page that differ in numbers, dates and ids only, one after the other. They poll if each of the last three was sent a while after the answer of the one before:
/// by a timer. An app that loads part after part sends the next request at once.</summary>
internal sealed class RequestSeries(TimeProvider time)
{
    private const int MinPauses = 3;

    private static readonly TimeSpan s_minPause = TimeSpan.FromMilliseconds(50);

    private int _inFlight;
    private int _pauses;
    private long? _endedAt;

    /// <summary>Records a request, and returns whether the series polls.</summary>
    public bool Begin()
    {
        _pauses = _inFlight == 0 && _endedAt is { } ended && time.GetElapsedTime(ended) >= s_minPause ? _pauses + 1 : 0;
        _inFlight++;
        return _pauses >= MinPauses;
    }

    /// <summary>Records that a request has ended.</summary>
    public void End()
    {
        _inFlight--;
        _endedAt = time.GetTimestamp();
    }
}
