namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>Who has a slot. Keeps the request, so that a hand-over that fails can put it back at its old place.</summary>
internal sealed class Lease(long id, Waiter waiter)
{
    public long Id { get; } = id;

    public Waiter Waiter { get; } = waiter;
}
