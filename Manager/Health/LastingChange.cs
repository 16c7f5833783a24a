namespace Fleet.Manager.Health;

/// <summary>Finds the changes of a state that last, so that a state which comes and goes is not reported each time. Not thread-safe.</summary>
/// <param name="initial">The state that is taken as reported.</param>
/// <param name="hold">How long a change must last.</param>
internal sealed class LastingChange<T>(T initial, TimeSpan hold)
{
    private T _reported = initial;
    private T _current = initial;
    private TimeSpan _since;

    /// <summary>Records the state. Returns true, until <see cref="Report"/>, once it has differed from the reported one for long enough.</summary>
    /// <param name="state">The state.</param>
    /// <param name="now">The time, as <see cref="Fleet.ServiceDefaults.MonotonicTime"/>.</param>
    public bool Observe(T state, TimeSpan now)
    {
        if (!EqualityComparer<T>.Default.Equals(state, _current))
        {
            (_current, _since) = (state, now);
        }

        return !EqualityComparer<T>.Default.Equals(_current, _reported) && now - _since >= hold;
    }

    /// <summary>Takes the current state as reported.</summary>
    public void Report() => _reported = _current;
}
