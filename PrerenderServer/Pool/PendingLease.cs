using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>A caller that waits for a page.</summary>
internal sealed class PendingLease(LeaseRequest request, TimeSpan since)
    : TaskCompletionSource<PageLease>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>When it began to wait.</summary>
    public TimeSpan Since { get; } = since;

    /// <summary>What the caller is told when no page comes.</summary>
    public Exception Failure(WaitFailure end, PoolSnapshot snapshot) => end switch
    {
        WaitFailure.Deadline => new PoolDeadlineException(
            $"No page for {request.Affinity} within {request.Wait.TotalSeconds:0.###} s: {snapshot.Slots.Count} slots are taken, " +
            $"{snapshot.Totals.Waiting} requests wait{Why(snapshot.Totals)}"),
        WaitFailure.StaleShell => new PoolStaleShellException(
            $"No free page for {request.Affinity} has loaded the current host shell {snapshot.Totals.ShellToken} yet, and the request does not wait for one."),
        _ => new PoolStoppingException("The page pool is stopping and takes no more requests."),
    };

    private static string Why(PoolTotals totals) => totals.Problem is { } problem
        ? $", and the last boot failed: {problem}"
        : $". Raise Pool:Slots (now {totals.Capacity}) or add servers.";
}
