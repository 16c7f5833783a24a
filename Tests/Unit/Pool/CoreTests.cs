using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>A small pool for tests of one event at a time. Every test also holds the properties that <see cref="PoolWorld"/> checks.</summary>
public abstract class CoreTests
{
    private protected PoolOptions Options { get; } = new()
    {
        Slots = 2, HighPrioritySlots = 0, MaxDepth = 0, MinStandby = 0, CreationsAtOnce = 2, LastResortAfter = 3,
    };

    private protected PoolWorld Up()
    {
        var world = new PoolWorld(Options);
        world.End(world.Pending.Single());
        return world;
    }

    private protected (PoolWorld World, WorldLease Lease) Lent(string affinity)
    {
        var world = Up();
        var waiter = world.Want(affinity);
        world.Settle();
        return (world, world.LeaseOf(waiter)!);
    }

    private protected PoolWorld Idle(string affinity)
    {
        var world = Up();
        Rest(world, affinity);
        return world;
    }

    /// <summary>A render of the affinity comes and goes.</summary>
    private protected static void Rest(PoolWorld world, string affinity)
    {
        var waiter = world.Want(affinity);
        world.Settle();
        world.Complete(world.LeaseOf(waiter)!);
    }

    private protected static SlotSnapshot Only(PoolWorld world) => Assert.Single(world.Snapshot.Slots);
}
