using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>
/// The right to use one page for one render. Giving it back and the verdict on the page are one message
/// (<see cref="Complete"/>), so nobody is ever handed a page whose doom is not known yet.
/// </summary>
internal sealed class PageLease(
    IBrowserPage page,
    long slot,
    bool warm,
    TimeSpan waited,
    TimeSpan boot,
    Action<PageOutcome> complete,
    CancellationToken revoked) : IAsyncDisposable
{
    private int _completed;

    /// <summary>The booted page.</summary>
    public IBrowserPage Page { get; } = page;

    /// <summary>The slot it lives in.</summary>
    public long Slot { get; } = slot;

    /// <summary>The page has rendered for this affinity before.</summary>
    public bool Warm { get; } = warm;

    /// <summary>From the request to the grant, the boot included.</summary>
    public TimeSpan Waited { get; } = waited;

    /// <summary>How much of that went into booting this page; zero when it was at hand.</summary>
    public TimeSpan Boot { get; } = boot;

    /// <summary>Cancelled when the pool takes the page away: it crashed, it was disposed, or the lease was held too long. Stop using the page.</summary>
    public CancellationToken Revoked { get; } = revoked;

    /// <summary>Gives the page back with the verdict on it. The first call counts, later ones do nothing.</summary>
    public void Complete(PageOutcome outcome)
    {
        if (Interlocked.Exchange(ref _completed, 1) == 0)
        {
            complete(outcome);
        }
    }

    /// <summary>Gives the page back as <see cref="PageOutcome.Dirty"/> unless it was completed: nobody vouches for its document,
    /// so it gets a new one.</summary>
    public ValueTask DisposeAsync()
    {
        Complete(PageOutcome.Dirty);
        return ValueTask.CompletedTask;
    }
}
