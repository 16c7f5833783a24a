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

/// <summary>No page could be had in the time the request gave. Another server may have one.</summary>
internal sealed class PoolDeadlineException(string message) : Exception(message);

/// <summary>The request wanted the current host shell at once and no free page has it. Ask again later, or accept waiting.</summary>
internal sealed class PoolStaleShellException(string message) : Exception(message);

/// <summary>The pool stops and serves nobody any more. Another server may.</summary>
internal sealed class PoolStoppingException(string message) : Exception(message);
