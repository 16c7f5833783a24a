namespace Fleet.PrerenderServer.Pool;

/// <summary>
/// The second limit beside slots: slots bound memory, the gate bounds how many pages compute at once, about as many as there are cores.
/// A render holds a permit only while it computes and gives it back while it waits for the network. Permits are given in the order
/// of asking.
/// </summary>
internal sealed class CpuLimiter : IDisposable
{
    private readonly SemaphoreSlim _permits;

    public CpuLimiter(int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Width = width;
        _permits = new(width, width);
    }

    /// <summary>Permits there are.</summary>
    public int Width { get; }

    /// <summary>Permits that are free.</summary>
    public int Free => _permits.CurrentCount;

    /// <summary>Waits for a permit. Dispose it as soon as the page waits for something else than the processor.</summary>
    public async ValueTask<Permit> EnterAsync(CancellationToken cancellationToken)
    {
        await _permits.WaitAsync(cancellationToken);
        return new Permit(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _permits.Dispose();

    /// <summary>The right to compute. Given back once, however often it is disposed.</summary>
    public sealed class Permit(CpuLimiter gate) : IDisposable
    {
        private CpuLimiter? _held = gate;

        /// <inheritdoc/>
        public void Dispose() => Interlocked.Exchange(ref _held, null)?._permits.Release();
    }
}
