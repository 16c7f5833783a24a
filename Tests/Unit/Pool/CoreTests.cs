using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>A small pool for tests of one event at a time. <see cref="PoolWorld"/> also checks every property in each test.</summary>
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

    private protected (PoolWorld World, WorldLease Lease) WithLease(string affinity)
    {
        var world = Up();
        var waiter = world.Request(affinity);
        world.Settle();
        return (world, world.LeaseOf(waiter)!);
    }

    private protected PoolWorld Idle(string affinity)
    {
        var world = Up();
        RenderOnce(world, affinity);
        return world;
    }

    /// <summary>Runs one render of the affinity.</summary>
    private protected static void RenderOnce(PoolWorld world, string affinity)
    {
        var waiter = world.Request(affinity);
        world.Settle();
        world.Complete(world.LeaseOf(waiter)!);
    }

    private protected static SlotSnapshot Only(PoolWorld world) => Assert.Single(world.Snapshot.Slots);
}
