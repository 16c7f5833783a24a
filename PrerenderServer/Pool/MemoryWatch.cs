using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>Periodically measures the memory of every browser process that has slots and posts the results to the pool.</summary>
internal sealed partial class MemoryWatch(
    IBrowserAdapter browser, PoolOptions options, TimeProvider time, ILogger<MemoryWatch> logger, Func<PoolSnapshot> snapshot, Action<PoolEvent> post)
{
    /// <summary>Runs until the pool has stopped.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.MeasureEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                foreach (var generation in snapshot().Slots.Select(s => s.Generation).Distinct())
                {
                    await MeasureAsync(generation, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The pool has stopped.
        }
    }

    private async Task MeasureAsync(int generation, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.MeasureEvery, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var memory = await browser.MeasureAsync(generation, linked.Token);
            post(new MemoryMeasured(generation, memory.TotalBytes, memory.SlotBytes));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogMeasureFailed(generation, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "Could not measure the memory of browser {Generation}: {Why}")]
    private partial void LogMeasureFailed(int generation, string why);
}
