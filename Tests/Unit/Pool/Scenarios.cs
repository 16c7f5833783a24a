using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>Scenarios that random runs hardly ever reach: endless load, and a lease that is never completed.</summary>
internal static class Scenarios
{
    public static IReadOnlyDictionary<string, Action<Func<PoolOptions, PoolRules>>> All { get; } =
        new Dictionary<string, Action<Func<PoolOptions, PoolRules>>>
        {
            [nameof(BackToBackRendersOfOneAffinity)] = BackToBackRendersOfOneAffinity,
            [nameof(HighPriorityAboveCapacity)] = HighPriorityAboveCapacity,
            [nameof(HighPriorityOneAfterTheOther)] = HighPriorityOneAfterTheOther,
            [nameof(LeakedLease)] = LeakedLease,
        };

    /// <summary>At least 400 renders of A, 100 ms each, with some always waiting, on two pages; later one of B.</summary>
    public static void BackToBackRendersOfOneAffinity(Func<PoolOptions, PoolRules> rules)
    {
        var options = new PoolOptions { Slots = 2, HighPrioritySlots = 0, MaxDepth = 0, MinStandby = 0 };
        var world = new PoolWorld(options, rules(options));
        var b = 0L;
        for (var i = 0; i < 400; i++)
        {
            world.Request("realm:a");
            world.Request("realm:a");
            b = i == 20 ? world.Request("realm:b") : b;
            world.Settle();
            if (i >= 4)
            {
                world.Advance(TimeSpan.FromMilliseconds(100));
                Render(world, "realm:a");
                world.Settle();
            }

            if (world.LeaseOf(b) is { } lease)
            {
                Within(options.StickyWindow + TimeSpan.FromMilliseconds(400), lease.Waited, "realm:b");
                return;
            }

            Within(TimeSpan.FromSeconds(30), world.Now, "realm:b");
        }
    }

    /// <summary>Endless load of priority 10 above capacity, with some always waiting; one waiter of priority 0.</summary>
    public static void HighPriorityAboveCapacity(Func<PoolOptions, PoolRules> rules)
    {
        var options = new PoolOptions { Slots = 2, HighPrioritySlots = 1, MaxDepth = 1, MinStandby = 0, RendersPerAffinity = 4 };
        var world = new PoolWorld(options, rules(options));
        var low = 0L;
        for (var i = 0; ; i++)
        {
            while (world.Waiting.Count() < 8)
            {
                world.Request("realm:a", priority: 10);
                world.Request("realm:c", priority: 10);
            }

            low = i == 5 ? world.Request("realm:b") : low;
            world.Settle();
            world.Advance(TimeSpan.FromMilliseconds(500));
            Render(world, "realm:");
            world.Settle();
            if (world.LeaseOf(low) is { } lease)
            {
                Within(10 * options.Aging + TimeSpan.FromSeconds(10), lease.Waited, "the low priority");
                return;
            }

            Within(20 * options.Aging, world.Now, "the low priority");
        }
    }

    /// <summary>One client with priority 10, whose next request arrives while the page of the last one is still being cleaned up; after a while one ordinary request comes.</summary>
    public static void HighPriorityOneAfterTheOther(Func<PoolOptions, PoolRules> rules)
    {
        var options = new PoolOptions { Slots = 2, HighPrioritySlots = 1, MaxDepth = 1, MinStandby = 1 };
        var world = new PoolWorld(options, rules(options));
        var ordinary = 0L;
        for (var i = 0; ; i++)
        {
            world.Request("realm:a", priority: 10);
            ordinary = i == 20 ? world.Request("realm:b", priority: 6) : ordinary;
            world.Settle();
            world.Advance(TimeSpan.FromMilliseconds(500));
            while (world.Held.Count(l => l.Affinity == "realm:a") > 1)
            {
                world.Complete(world.Held.First(l => l.Affinity == "realm:a"));
                world.Settle();
            }

            if (world.LeaseOf(ordinary) is { } lease)
            {
                Within(TimeSpan.FromSeconds(1), lease.Waited, "the ordinary request");
                return;
            }

            Within(TimeSpan.FromMinutes(1), world.Now, "the ordinary request");
        }
    }

    /// <summary>A render never returns its page.</summary>
    public static void LeakedLease(Func<PoolOptions, PoolRules> rules)
    {
        var options = new PoolOptions { Slots = 1, HighPrioritySlots = 0, MaxDepth = 0, MinStandby = 0 };
        var world = new PoolWorld(options, rules(options));
        world.Request("realm:a");
        world.Settle();
        var other = world.Request("realm:b");
        world.Advance(options.HoldDeadline + options.HoldGrace);
        world.Settle();
        if (world.LeaseOf(other) is null)
        {
            throw new PropertyBroken(Checks.CapacityReturns, $"realm:b waits for a lease that is never returned: {world.Describe()}");
        }
    }

    private static void Render(PoolWorld world, string affinity)
    {
        foreach (var lease in world.Held.Where(l => l.Affinity.StartsWith(affinity, StringComparison.Ordinal)).ToArray())
        {
            world.Complete(lease);
        }
    }

    private static void Within(TimeSpan bound, TimeSpan waited, string who)
    {
        if (waited > bound)
        {
            throw new PropertyBroken(Checks.NoStarvation, $"{who} waited {waited}, at most {bound} was expected");
        }
    }
}
