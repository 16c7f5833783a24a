using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>A render's turn at the processor: a permit of the CPU gate, held while the page computes. It ends early when the page waits for
/// something, and when it has lasted long enough that the page may be one that computes for ever: such pages must not keep the others waiting.</summary>
internal sealed class CpuPermit : IAsyncDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);
    /// <summary>A page that used less of the time since the last look than this waits for something.</summary>
    private const double BusyShare = 0.25;

    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _done = new();
    private readonly CpuLimiter.Permit _permit;
    private readonly Task _watch;

    private CpuPermit(CpuLimiter.Permit permit, IRenderPage page, TimeProvider time)
    {
        _permit = permit;
        _watch = WatchAsync(page, time);
    }

    /// <summary>Waits for a turn. Throws <see cref="PoolDeadlineException"/> when none comes in time.</summary>
    public static async Task<CpuPermit> TakeAsync(CpuLimiter gate, IRenderPage page, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            return new(await gate.EnterAsync(either.Token), page, time);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PoolDeadlineException($"All {gate.Width} turns at the processor were taken for {timeout.TotalMilliseconds:0} ms.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _permit.Dispose();
        await _done.CancelAsync();
        await _watch;
        _done.Dispose();
    }

    private async Task WatchAsync(IRenderPage page, TimeProvider time)
    {
        var start = time.GetTimestamp();
        var (computed, at) = (default(TimeSpan?), start);
        try
        {
            while (time.GetElapsedTime(start) < s_longest)
            {
                await Task.Delay(s_look, time, _done.Token);
                var now = time.GetTimestamp();
                var sofar = await page.ComputedAsync(s_longest, _done.Token);
                if (computed is { } before && sofar - before < time.GetElapsedTime(at, now) * BusyShare)
                {
                    break;
                }

                (computed, at) = (sofar, now);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or BrowserException)
        {
            // The render has ended, or the page cannot tell: then it is no longer our turn either.
        }

        _permit.Dispose();
    }
}
