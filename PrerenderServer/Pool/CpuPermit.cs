using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.PrerenderServer.Pool;

/// <summary>A render's CPU permit, held while the page uses the CPU. It is released early when the page becomes idle, and after a maximum duration,
/// so that a page in an endless loop does not block the others.</summary>
internal sealed class CpuPermit : IAsyncDisposable
{
    /// <summary>A page that used less than this share of the CPU since the last poll counts as idle.</summary>
    private const double BusyShare = 0.25;

    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_maxDuration = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _done = new();
    private readonly CpuLimiter.Permit _permit;
    private readonly Task _watch;

    private CpuPermit(CpuLimiter.Permit permit, IRenderPage page, TimeProvider time)
    {
        _permit = permit;
        _watch = WatchAsync(page, time);
    }

    /// <summary>Waits for a permit. Throws <see cref="PoolDeadlineException"/> after <paramref name="timeout"/>.</summary>
    public static async Task<CpuPermit> TakeAsync(CpuLimiter gate, IRenderPage page, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            return new(await gate.EnterAsync(linked.Token), page, time);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PoolDeadlineException($"All {gate.Width} CPU permits were in use for {timeout.TotalMilliseconds:0} ms.");
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
            while (time.GetElapsedTime(start) < s_maxDuration)
            {
                await Task.Delay(s_pollInterval, time, _done.Token);
                var now = time.GetTimestamp();
                var total = await page.ComputedAsync(s_maxDuration, _done.Token);
                if (computed is { } previous && total - previous < time.GetElapsedTime(at, now) * BusyShare)
                {
                    break;
                }

                (computed, at) = (total, now);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or BrowserException)
        {
            // The render has ended, or the page cannot report its CPU time. Release the permit in both cases.
        }

        _permit.Dispose();
    }
}
