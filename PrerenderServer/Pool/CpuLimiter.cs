namespace Fleet.PrerenderServer.Pool;

/// <summary>
/// Limits how many pages compute at once, to about the number of cores; slots limit memory. A render holds a permit only while it computes
/// and releases it while it waits for the network. Permits are granted in request order.
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

    /// <summary>Total number of permits.</summary>
    public int Width { get; }

    /// <summary>Free permits.</summary>
    public int Free => _permits.CurrentCount;

    /// <summary>Waits for a permit. Dispose it as soon as the page waits for anything other than the CPU.</summary>
    public async ValueTask<Permit> EnterAsync(CancellationToken cancellationToken)
    {
        await _permits.WaitAsync(cancellationToken);
        return new Permit(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _permits.Dispose();

    /// <summary>A permit to compute. Disposing it more than once releases it once.</summary>
    public sealed class Permit(CpuLimiter limiter) : IDisposable
    {
        private CpuLimiter? _held = limiter;

        /// <inheritdoc/>
        public void Dispose() => Interlocked.Exchange(ref _held, null)?._permits.Release();
    }
}
