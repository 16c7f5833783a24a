using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>
/// The right to use one page for one render. <see cref="Complete"/> releases the page and reports its condition in one message, so the pool
/// never grants a page again before its condition is known.
/// </summary>
internal sealed class PageLease(
    IBrowserPage page,
    long slot,
    bool warm,
    TimeSpan waited,
    TimeSpan boot,
    Action<PageCondition> complete,
    CancellationToken revoked) : IAsyncDisposable
{
    private int _completed;
    private volatile bool _isTainting;

    /// <summary>The booted page.</summary>
    public IBrowserPage Page { get; } = page;

    /// <summary>The slot of the page.</summary>
    public long Slot { get; } = slot;

    /// <summary>Whether the page has rendered for this affinity before.</summary>
    public bool Warm { get; } = warm;

    /// <summary>Time from the request to the grant, including the boot.</summary>
    public TimeSpan Waited { get; } = waited;

    /// <summary>The part of <see cref="Waited"/> spent booting this page; zero when the page was already booted.</summary>
    public TimeSpan Boot { get; } = boot;

    /// <summary>Cancelled when the pool revokes the lease: the page crashed, it was disposed, or the lease was held too long. Stop using the page.</summary>
    public CancellationToken Revoked { get; } = revoked;

    /// <summary>Declares that the page gets data or settings that are for this render only. Unless the render cleans it up, its context is closed.</summary>
    public void Taint() => _isTainting = true;

    /// <summary>Releases the page with its condition. Only the first call has an effect.</summary>
    public void Complete(PageCondition condition)
    {
        if (Interlocked.Exchange(ref _completed, 1) == 0)
        {
            complete(condition == PageCondition.Dirty && _isTainting ? PageCondition.Tainted : condition);
        }
    }

    /// <summary>Releases the page as <see cref="PageCondition.Dirty"/> unless <see cref="Complete"/> was called. The state of its document is
    /// unknown, so the page gets a new one.</summary>
    public ValueTask DisposeAsync()
    {
        Complete(PageCondition.Dirty);
        return ValueTask.CompletedTask;
    }
}
