using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>Leases booted pages to renders.</summary>
internal interface IPagePool
{
    /// <summary>The state of the pool after its latest event. Immutable; safe to read from any thread.</summary>
    PoolSnapshot Snapshot { get; }

    /// <summary>Waits for a page. Throws <see cref="PoolDeadlineException"/> at the request's deadline, <see cref="PoolStoppingException"/> when the
    /// pool stops, and <see cref="PoolStaleShellException"/> when the request requires the current host shell at once and no free page has it.
    /// A full pool never throws: the request waits.</summary>
    Task<PageLease> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken);

    /// <summary>Sets the current host shell. Idempotent; an older generation is ignored.</summary>
    void ShellChanged(HostShell shell);

    /// <summary>Replaces the browser process blue/green; leased pages finish in the old one.</summary>
    void RecycleBrowser(string reason);

    /// <summary>Closes the idle pages of an affinity now and its leased pages on release, or at once with <paramref name="revoke"/>.</summary>
    void DisposeAffinity(string affinity, bool revoke);
}
