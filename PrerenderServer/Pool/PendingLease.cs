using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>A caller that waits for a page.</summary>
internal sealed class PendingLease(LeaseRequest request, TimeSpan since)
    : TaskCompletionSource<PageLease>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>When the wait began, in pool time.</summary>
    public TimeSpan Since { get; } = since;

    /// <summary>The exception that the caller gets when the wait ends without a page.</summary>
    public Exception Failure(WaitFailure end, PoolSnapshot snapshot) => end switch
    {
        WaitFailure.Deadline => new PoolDeadlineException(
            $"No page became free for {request.Affinity} within {request.Wait.TotalSeconds:0.###} s: {snapshot.Slots.Count} slots are in use and " +
            $"{snapshot.Totals.Waiting} requests are waiting.{Cause(snapshot.Totals)}"),
        WaitFailure.StaleShell => new PoolStaleShellException(
            $"No free page for {request.Affinity} has loaded the current host shell {snapshot.Totals.ShellToken} yet, " +
                "and the request accepts no other and does not wait."),
        _ => new PoolStoppingException("The page pool is stopping and accepts no more requests."),
    };

    private static string Cause(PoolTotals totals) => totals.Problem is { } problem
        ? $" The last browser launch or page boot failed: {problem}"
        : $" Raise Pool:Slots (now {totals.Capacity}) or add servers.";
}

/// <summary>No page became free before the request's deadline. Another server may have one.</summary>
internal sealed class PoolDeadlineException(string message) : Exception(message);

/// <summary>The request requires the current host shell at once and no free page has it. Retry later, or accept waiting.</summary>
internal sealed class PoolStaleShellException(string message) : Exception(message);

/// <summary>The pool is stopping and rejects new requests. Another server may accept them.</summary>
internal sealed class PoolStoppingException(string message) : Exception(message);
