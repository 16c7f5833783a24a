using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>Lends booted pages. All a render needs to know of the pool.</summary>
internal interface IPagePool
{
    /// <summary>The pool as of its last event; immutable, read without locks.</summary>
    PoolSnapshot Snapshot { get; }

    /// <summary>Waits for a page. Ends by grant, by cancellation, by the request's deadline (<see cref="PoolDeadlineException"/>), by shutdown
    /// (<see cref="PoolStoppingException"/>) or, for who accepts nothing but the current host shell at once, by its lack
    /// (<see cref="PoolStaleShellException"/>); a lack of capacity never throws.</summary>
    Task<PageLease> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken);

    /// <summary>Tells the pool which host shell is current. Idempotent; an older generation is ignored.</summary>
    void ShellChanged(HostShell shell);

    /// <summary>Replaces the browser process blue/green; leased pages finish on the old one.</summary>
    void RecycleBrowser(string reason);

    /// <summary>Retires the idle pages of an affinity, and its leased ones when they come back (or at once with <paramref name="revoke"/>).</summary>
    void DisposeAffinity(string affinity, bool revoke);
}
