using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Rendering;

/// <summary>Leases one page, and records the outcome of its release.</summary>
internal sealed class OnePagePool(IBrowserPage page, PoolSnapshot snapshot) : IPagePool, IDisposable
{
    private readonly CancellationTokenSource _revoked = new();
    private readonly TaskCompletionSource<PageOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The outcome that the page was released with.</summary>
    public Task<PageOutcome> Outcome => _outcome.Task.WaitAsync(TimeSpan.FromSeconds(10));

    public PoolSnapshot Snapshot => snapshot;

    public Task<PageLease> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new PageLease(page, 1, false, TimeSpan.Zero, TimeSpan.Zero, outcome => _outcome.TrySetResult(outcome), _revoked.Token));

    /// <summary>Revokes the lease.</summary>
    public void Revoke() => _revoked.Cancel();

    public void ShellChanged(HostShell shell)
    {
    }

    public void RecycleBrowser(string reason)
    {
    }

    public void DisposeAffinity(string affinity, bool revoke)
    {
    }

    public void Dispose() => _revoked.Dispose();
}
