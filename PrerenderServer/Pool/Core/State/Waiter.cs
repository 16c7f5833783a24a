using Fleet.Contracts;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>A request that waits for a page.</summary>
internal sealed class Waiter(long id, LeaseRequest request, Affinity affinity, int depth, long rank, TimeSpan arrivedAt)
{
    /// <summary>Place among the waiters of its affinity and depth.</summary>
    public int OrderPlace = -1;

    /// <summary>Place among all waiters by deadline.</summary>
    public int DeadlinePlace = -1;

    /// <summary>Whether its caller cancelled while its page was being probed: it has left the queue and must not return to it.</summary>
    public bool IsGone;

    /// <summary>Unique; increases with every request.</summary>
    public long Id { get; } = id;

    public LeaseRequest Request { get; } = request;

    public Affinity Affinity { get; } = affinity;

    public int Depth { get; } = depth;

    /// <summary><c>arrival − priority × aging</c>; the smallest is served first. "priority + waited ÷ aging" rises equally fast for all waiters,
    /// so their order never changes as time passes.</summary>
    public long Rank { get; } = rank;

    public TimeSpan ArrivedAt { get; } = arrivedAt;

    public TimeSpan Deadline { get; } = PoolTime.After(arrivedAt, request.Wait);

    /// <summary>The order among waiters at one depth.</summary>
    public bool IsBefore(Waiter other) => Rank != other.Rank ? Rank < other.Rank : Id < other.Id;
}

/// <summary>Orders waiters by rank, then arrival.</summary>
internal readonly struct ByRank : IHeapOrder<Waiter>
{
    public static bool Before(Waiter a, Waiter b) => a.IsBefore(b);

    public static ref int Place(Waiter item) => ref item.OrderPlace;
}

/// <summary>Orders waiters by deadline, then arrival.</summary>
internal readonly struct ByDeadline : IHeapOrder<Waiter>
{
    public static bool Before(Waiter a, Waiter b) => a.Deadline != b.Deadline ? a.Deadline < b.Deadline : a.Id < b.Id;

    public static ref int Place(Waiter item) => ref item.DeadlinePlace;
}
