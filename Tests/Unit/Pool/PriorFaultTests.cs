using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>Scenarios that earlier pools handled wrongly. <see cref="PoolWorld"/> checks the cap and every other property throughout.</summary>
public sealed class PriorFaultTests
{
    [Fact]
    public void EvictWithItsClosesGated_CreatesNothingOverTheCap_AndExactlyAsManyWhenTheyOpen()
    {
        var world = Pool(slots: 3, perAffinity: 2);
        var (first, second) = (Grant(world, "a"), Grant(world, "a"));
        Grant(world, "b");
        world.Complete(first);
        world.Complete(second);
        world.Request("c");
        world.Request("d");
        Assert.Equal(3, world.Contexts);
        Assert.Equal(3, world.History.OfType<CreateSlot>().Count());
        world.Settle();
        Assert.Equal((3, 5), (world.Contexts, world.History.OfType<CreateSlot>().Count()));
    }

    [Fact]
    public void EvictWithItsCloseGated_IsNotWarm_AndStillCounted()
    {
        var world = Pool(slots: 1);
        world.Complete(Grant(world, "a"));
        world.Request("b");
        Assert.Empty(world.Snapshot.Warm);
        Assert.Equal((1, SlotState.Closing), (world.Contexts, world.Snapshot.Slots.Single().State));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Request_TwoSlotsTwoWaitersClosesInEitherOrder_ServesBoth(int firstClose, int secondClose)
    {
        var world = Pool(slots: 2);
        var (a, c) = (Grant(world, "a"), Grant(world, "c"));
        var (a2, b) = (world.Request("a2"), world.Request("b"));
        world.Complete(a);
        world.Complete(c);
        world.Settle(e => e is CloseSlot { Stage: CloseStage.Dispose });
        var closes = world.Pending.OfType<CloseSlot>().ToArray();
        world.End(closes[firstClose]);
        world.Settle(e => e == closes[secondClose]);
        Assert.NotNull(world.LeaseOf(a2));
        Assert.Null(world.LeaseOf(b));
        world.End(closes[secondClose]);
        world.Settle();
        Assert.NotNull(world.LeaseOf(b));
    }

    [Fact]
    public void Evict_LeastRecentlyUsedIsBusyForLong_ClosesAnIdleOneInstead()
    {
        var world = Pool(slots: 3);
        Grant(world, "a");
        world.Advance(TimeSpan.FromSeconds(1));
        world.Complete(Grant(world, "b"));
        world.Complete(Grant(world, "c"));
        world.Advance(TimeSpan.FromSeconds(89));
        var d = world.Request("d");
        world.Settle();
        Assert.Equal(TimeSpan.Zero, world.LeaseOf(d)?.Waited);
        Assert.Equal(["Leased a", "Idle c", "Leased d"], world.Snapshot.Slots.Select(s => $"{s.State} {s.Affinity}"));
    }

    [Fact]
    public void Close_EndsAfterItsReplacementIsUp_ChangesNothing()
    {
        var world = Pool(slots: 2);
        world.Complete(Grant(world, "a"));
        world.Apply(new AffinityDisposed("a", Revoke: false));
        var close = world.Pending.OfType<CloseSlot>().Single();
        var replacement = world.Request("a");
        world.Settle(e => e is CloseSlot);
        Assert.Equal(2, world.LeaseOf(replacement)?.Slot);
        world.End(close);
        world.Settle();
        Assert.Equal([2L], world.Snapshot.Slots.Select(s => s.Slot));
        Assert.Equal(SlotState.Leased, world.Snapshot.Slots[0].State);
    }

    [Fact]
    public void Release_HungWithAWaiterOfTheAffinity_IsNeverLeasedToIt()
    {
        var world = Pool(slots: 1);
        var hung = Grant(world, "a");
        var waiter = world.Request("a");
        world.Complete(hung, PageCondition.Hung);
        world.Settle();
        Assert.NotEqual(hung.Slot, world.LeaseOf(waiter)?.Slot);
        Assert.NotNull(world.LeaseOf(waiter));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Dispose_TwiceUnderALease_NeverClosesUnderIt(bool first, bool second)
    {
        var world = Pool(slots: 2);
        var lease = Grant(world, "a");
        world.Apply(new AffinityDisposed("a", first));
        world.Apply(new AffinityDisposed("a", second));
        Assert.Equal(first || second ? 1 : 0, world.History.OfType<RevokeLease>().Count());
        world.Complete(lease);
        world.Settle();
        Assert.Single(world.History.OfType<ForgetSlot>());
    }

    [Fact]
    public void Dispose_RequestedAgainBeforeTheCloseEnds_StaysWarm()
    {
        var world = Pool(slots: 2);
        world.Complete(Grant(world, "a"));
        world.Apply(new AffinityDisposed("a", Revoke: false));
        world.Request("a");
        world.Settle(e => e is CloseSlot);
        var back = world.Snapshot;
        Assert.Contains("a", back.Warm);
        world.Settle();
        Assert.True(world.Snapshot.Version > back.Version);
        Assert.Contains("a", world.Snapshot.Warm);
    }

    [Fact]
    public void Request_TwelveNewAffinitiesAtOnce_AllAreServed()
    {
        var world = Pool(slots: 5, extra: 1, depth: 1);
        var waiters = Enumerable.Range(0, 12).Select(i => world.Request($"realm:{i}")).ToArray();
        Assert.Equal(12, Drive(world, _ => { }));
        Assert.All(waiters, w => Assert.Contains(world.History.OfType<GrantLease>(), g => g.Waiter == w));
    }

    [Fact]
    public void Request_RendersThatNestARenderOfTheOtherRealm_AllComplete()
    {
        var world = Pool(slots: 5, extra: 1, depth: 1, perAffinity: 4);
        for (var i = 0; i < 8; i++)
        {
            world.Request(i % 2 == 0 ? "realm:x" : "realm:y");
        }

        var nested = new HashSet<long>();
        var rendered = Drive(world, lease =>
        {
            if (lease.Depth == 0 && nested.Add(lease.Id))
            {
                world.Request(lease.Affinity == "realm:x" ? "realm:y" : "realm:x", depth: 1, parent: lease);
            }
        });
        Assert.Equal(16, rendered);
    }

    [Fact]
    public void Close_EveryCloseHangs_AllAreServedAfterKills()
    {
        var world = Pool(slots: 2);
        foreach (var affinity in (string[])["a", "b", "c", "d", "e"])
        {
            world.Request(affinity);
        }

        world.Finish(closesEnd: false);
        Assert.Equal(5, world.History.OfType<GrantLease>().Select(g => g.Waiter).Distinct().Count());
        Assert.NotEmpty(world.History.OfType<KillBrowser>());
    }

    [Fact]
    public void Request_DuringBackToBackRendersOfAnotherAffinity_IsServedWithinTheStickyWindow() =>
        Scenarios.BackToBackRendersOfOneAffinity(o => new PoolRules(o));

    [Fact]
    public void Request_PriorityZeroUnderEndlessHighPriority_IsServedWithinItsAging() =>
        Scenarios.HighPriorityAboveCapacity(o => new PoolRules(o));

    [Fact]
    public void Recycle_UnderFullLoad_LeasesNoOldPageKillsTheOldProcessInTimeAndServesAll()
    {
        var world = Pool(slots: 4);
        world.Served = "old";
        world.ChangeShell("old");
        for (var i = 0; i < 12; i++)
        {
            world.Request($"realm:{i % 6}");
        }

        world.Settle();
        world.Apply(new RecycleRequested());
        world.Served = "new";
        world.ChangeShell("new");
        world.End(world.Pending.OfType<LaunchBrowser>().Single());
        Assert.All(world.Snapshot.Slots, s => Assert.Equal(SlotState.Draining, s.State));

        // One render never completes.
        var leaked = world.Held.First();
        while (world.Held.FirstOrDefault(l => l != leaked) is { } lease)
        {
            world.Complete(lease);
            world.Settle();
        }

        world.Advance(world.Options.DrainDeadline);
        world.Settle();
        Assert.Contains(new KillBrowser(1), world.History);
        Assert.Equal(12, world.History.OfType<GrantLease>().Count());
        Assert.Empty(world.History.OfType<FailWaiter>());
        Assert.All(world.Snapshot.Slots, s => Assert.Equal((2, "new"), (s.Generation, s.ShellToken)));
    }

    private static PoolWorld Pool(int slots, int extra = 0, int depth = 0, int perAffinity = 2)
    {
        var world = new PoolWorld(new PoolOptions
        {
            Slots = slots, HighPrioritySlots = extra, MaxDepth = depth, RendersPerAffinity = perAffinity, MinStandby = 0,
        });
        world.Settle();
        return world;
    }

    private static WorldLease Grant(PoolWorld world, string affinity)
    {
        var waiter = world.Request(affinity);
        world.Settle();
        return world.LeaseOf(waiter)!;
    }

    // Every effect completes successfully; leases are completed in order, those with a nested render after it.
    private static int Drive(PoolWorld world, Action<WorldLease> onLease)
    {
        for (var rendered = 0; ; rendered++)
        {
            world.Settle();
            foreach (var lease in world.Held.ToArray())
            {
                onLease(lease);
            }

            world.Settle();
            if (world.Held.FirstOrDefault(world.IsFree) is not { } done)
            {
                Assert.Empty(world.Waiting);
                return rendered;
            }

            world.Complete(done);
        }
    }
}
