namespace Fleet.RealmServer.Reporting;

/// <summary>Wakes one waiter. Signals that come while nobody waits are kept, as one.</summary>
internal sealed class Signal : IDisposable
{
    private readonly SemaphoreSlim _set = new(0, 1);

    public void Set()
    {
        try
        {
            _set.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is set already.
        }
    }

    /// <summary>Forgets a signal that was kept: whoever is about to look sees what it was about.</summary>
    public void Clear() => _set.Wait(0);

    /// <summary>Waits for the signal, at most for <paramref name="limit"/>. True when it came.</summary>
    public async Task<bool> WaitAsync(TimeSpan limit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var set = _set.WaitAsync(either.Token);
        var first = await Task.WhenAny(set, Task.Delay(limit, timeProvider, either.Token));
        await either.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        // Both may have happened: whoever took the signal must say so.
        return first == set || set.IsCompletedSuccessfully;
    }

    public void Dispose() => _set.Dispose();
}
