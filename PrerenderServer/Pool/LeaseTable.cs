using System.Collections.Concurrent;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.ServiceDefaults.Telemetry;

namespace Fleet.PrerenderServer.Pool;

/// <summary>The callers that wait for a page, and the leases of those that have one. Callers add and cancel on their own threads; everything else is called by the pool's consumer.</summary>
internal sealed class LeaseTable(PoolMetrics metrics, Func<TimeSpan> now, Action<PoolEvent> post)
{
    private readonly ConcurrentDictionary<long, PendingLease> _pending = new();
    private readonly Dictionary<long, CancellationTokenSource> _revocations = [];
    private long _lastWaiter;

    /// <summary>Adds a caller that waits. Returns its number in the core's events.</summary>
    public (long Waiter, PendingLease Pending) Add(LeaseRequest request)
    {
        var waiter = Interlocked.Increment(ref _lastWaiter);
        var pending = new PendingLease(request, now());
        _pending.TryAdd(waiter, pending);
        return (waiter, pending);
    }

    /// <summary>Removes a caller that the pool does not know yet.</summary>
    public void Remove(long waiter) => _pending.TryRemove(waiter, out _);

    /// <summary>Ends the wait of a caller that has gone.</summary>
    public void Cancel(long waiter, CancellationToken cancellationToken)
    {
        if (_pending.TryRemove(waiter, out var pending) && pending.TrySetCanceled(cancellationToken))
        {
            metrics.Waited(now() - pending.Since, "cancelled");
            post(new RequestCancelled(waiter));
        }
    }

    /// <summary>Gives a page to the caller that waits for it.</summary>
    public void Grant(GrantLease grant, IBrowserPage page)
    {
        var revocation = new CancellationTokenSource();
        _revocations.Add(grant.Lease, revocation);
        // A render may have booted the page again from another shell. The release reports it; otherwise the pool would lease a stale page as current.
        var lease = new PageLease(page, grant.Slot, grant.Warm, grant.Waited, grant.Boot, condition => post(new LeaseCompleted(grant.Lease, condition)
        {
            Booted = page.IsHostBooted,
            ShellToken = page.ShellToken,
            MaxIdle = page.MaxIdle,
        }), revocation.Token);

        // The caller may have cancelled before the grant arrived. The page is then unused.
        if (_pending.TryRemove(grant.Waiter, out var pending) && pending.TrySetResult(lease))
        {
            metrics.Waited(grant.Waited, grant.Warm ? "warm" : "cold");
        }
        else
        {
            lease.Complete(PageCondition.Untouched);
        }
    }

    /// <summary>Forgets a lease that its holder has returned.</summary>
    public void Complete(long lease) => _revocations.Remove(lease);

    /// <summary>Takes a page away from its holder. The task ends when the holder's callbacks have run: they are render code, and must not run on the consumer.</summary>
    public Task RevokeAsync(long lease) => _revocations.Remove(lease, out var revocation) ? revocation.CancelAsync() : Task.CompletedTask;

    /// <summary>Takes all pages away from their holders.</summary>
    public Task RevokeAllAsync()
    {
        var revoked = _revocations.Values.Select(revocation => revocation.CancelAsync()).ToList();
        _revocations.Clear();
        return Task.WhenAll(revoked);
    }

    /// <summary>Ends the wait of a caller without a page.</summary>
    public void Fail(FailWaiter fail, PoolSnapshot snapshot)
    {
        if (_pending.TryRemove(fail.Waiter, out var pending) && pending.TrySetException(pending.Failure(fail.End, snapshot)))
        {
            metrics.Waited(now() - pending.Since, MetricConventions.TagValue(fail.End));
        }
    }

    /// <summary>Ends the wait of every caller, because the pool has stopped.</summary>
    public void FailAll(PoolSnapshot snapshot)
    {
        foreach (var (waiter, _) in _pending)
        {
            Fail(new FailWaiter(waiter, WaitFailure.ShuttingDown), snapshot);
        }
    }
}
