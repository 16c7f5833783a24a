namespace Fleet.ServiceDefaults.Telemetry;

/// <summary>Bounds the number of log lines of one kind, so that a flood of failures is not a flood of lines. Thread-safe.</summary>
/// <param name="maxLines">Maximum number of lines per window.</param>
/// <param name="window">Length of a window. It begins with the first line after the previous one ended.</param>
/// <param name="timeProvider">The clock.</param>
public sealed class LogLimiter(int maxLines, TimeSpan window, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private long? _began;
    private int _lines;
    private int _omitted;

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="omitted">Lines that were omitted since the last one that was written; 0 when this returns false.</param>
    public bool TryTake(out int omitted)
    {
        omitted = 0;
        lock (_gate)
        {
            if (_began is not { } began || timeProvider.GetElapsedTime(began) >= window)
            {
                (_began, _lines) = (timeProvider.GetTimestamp(), 0);
            }

            if (_lines >= maxLines)
            {
                _omitted++;
                return false;
            }

            _lines++;
            (omitted, _omitted) = (_omitted, 0);
            return true;
        }
    }
}
