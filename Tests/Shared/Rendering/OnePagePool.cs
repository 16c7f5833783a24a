using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Rendering;

/// <summary>Leases one page, and records the condition in which it was released.</summary>
internal sealed class OnePagePool(IBrowserPage page, PoolSnapshot snapshot) : IPagePool, IDisposable
{
    private readonly CancellationTokenSource _revoked = new();
    private readonly TaskCompletionSource<PageCondition> _condition = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The condition in which the page was released.</summary>
    public Task<PageCondition> Condition => _condition.Task.WaitAsync(TimeSpan.FromSeconds(10));

    public PoolSnapshot Snapshot => snapshot;

    public Task<PageLease> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new PageLease(page, 1, false, TimeSpan.Zero, TimeSpan.Zero, condition => _condition.TrySetResult(condition), _revoked.Token));

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
