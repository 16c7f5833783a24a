using Fleet.Contracts;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>A request that waits for a page.</summary>
internal sealed class Waiter(long id, LeaseRequest request, Affinity affinity, int depth, long rank, TimeSpan arrivedAt)
{
    /// <summary>Place among the waiters of its affinity and depth.</summary>
    public int OrderPlace = -1;

    /// <summary>Place among all waiters by deadline.</summary>
    public int DeadlinePlace = -1;

    /// <summary>It went away while its page was asked whether it answers: out of the queue already, and not to come back to it.</summary>
    public bool IsGone;

    /// <summary>Grows with every request: earlier first, and unique.</summary>
    public long Id { get; } = id;

    public LeaseRequest Request { get; } = request;

    public Affinity Affinity { get; } = affinity;

    public int Depth { get; } = depth;

    /// <summary>Smaller is served first. <c>arrival − priority × aging</c>: "priority + waited ÷ aging" rises equally fast for everybody,
    /// so who is ahead of whom never changes and the order needs no re-sorting as time passes.</summary>
    public long Rank { get; } = rank;

    public TimeSpan ArrivedAt { get; } = arrivedAt;

    public TimeSpan Deadline { get; } = PoolTime.After(arrivedAt, request.Wait);

    /// <summary>The order among waiters of one depth.</summary>
    public bool IsBefore(Waiter other) => Rank != other.Rank ? Rank < other.Rank : Id < other.Id;
}

/// <summary>By rank, then arrival.</summary>
internal readonly struct ByRank : IHeapOrder<Waiter>
{
    public static bool Before(Waiter a, Waiter b) => a.IsBefore(b);

    public static ref int Place(Waiter item) => ref item.OrderPlace;
}

/// <summary>By deadline, then arrival.</summary>
internal readonly struct ByDeadline : IHeapOrder<Waiter>
{
    public static bool Before(Waiter a, Waiter b) => a.Deadline != b.Deadline ? a.Deadline < b.Deadline : a.Id < b.Id;

    public static ref int Place(Waiter item) => ref item.DeadlinePlace;
}

/// <summary>A wish for a page.</summary>
/// <param name="Affinity">What may share the browser context, auth scope included.</param>
/// <param name="Depth">0 for a root render, 1 for a render that a render caused, and so on.</param>
/// <param name="Priority">0 to 10; higher first, subject to aging.</param>
/// <param name="Wait">How long to wait at most.</param>
/// <param name="Accept">Which host shell the page may have loaded.</param>
internal sealed record LeaseRequest(string Affinity, int Depth, int Priority, TimeSpan Wait, ShellAcceptance Accept);

/// <summary>How a wait ends without a page. A lack of capacity is none of them.</summary>
internal enum WaitFailure
{
    /// <summary>The request's own time was up.</summary>
    Deadline,

    /// <summary>The pool stops.</summary>
    ShuttingDown,

    /// <summary>The request accepts nothing but the current host shell at once, and the pool is between two shells.</summary>
    StaleShell,
}
