using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>One test per transition of a slot when the shell changes, the slot closes or the pool stops.</summary>
public sealed class RenewalTests : CoreTests
{
    [Fact]
    public void Boot_ThatLoadedAnOldShell_IsNotLeasedAndReloadedInPlaceAfterAPause()
    {
        var world = Up();
        world.Served = "old";
        world.ChangeShell("new");
        var waiter = world.Request("a");
        world.End(world.Pending[0]);
        Assert.Equal(SlotState.Standby, Only(world).State);
        world.Advance(Options.BackOffMin);
        Assert.Equal(SlotState.Rebooting, Only(world).State);
        world.Served = "new";
        world.Settle();
        Assert.Equal(1, world.LeaseOf(waiter)?.Slot);
    }

    [Fact]
    public void Boot_ThatKeepsLoadingAnOldShell_ServesAsALastResort()
    {
        var world = Up();
        world.Served = "old";
        world.ChangeShell("new");
        var waiter = world.Request("a");
        for (var boots = 1; boots < Options.LastResortAfter; boots++)
        {
            world.Settle();
            Assert.Null(world.LeaseOf(waiter));
            world.Advance(world.NextDeadline - world.Now);
        }

        world.Settle();
        Assert.NotNull(world.LeaseOf(waiter));
        Assert.False(Only(world).Current);
    }

    [Fact]
    public void Probe_ShellChangedMeanwhile_LeasesNoOldPage()
    {
        var world = Up();
        world.Served = "old";
        world.ChangeShell("old");
        RenderOnce(world, "a");
        var waiter = world.Request("a");
        world.Served = "new";
        world.ChangeShell("new");
        world.End(world.Pending.OfType<ProbePage>().Single());
        Assert.Equal(SlotState.Rebooting, Only(world).State);
        world.Settle();
        Assert.NotNull(world.LeaseOf(waiter));
    }

    [Fact]
    public void Dirty_OnAnOldShell_Closes()
    {
        var (world, lease) = WithLease("a");
        world.ChangeShell("new");
        world.Complete(lease, PageCondition.Dirty);
        Assert.Equal(SlotState.Closing, Only(world).State);
    }

    [Fact]
    public void ShellChanged_ReloadsIdlePagesRolling_MostRecentlyUsedFirst_AndBusyOnesAtRelease()
    {
        (Options.Slots, Options.ReloadsAtOnce) = (3, 1);
        var world = Up();
        world.Served = "new";
        RenderOnce(world, "a");
        world.Advance(TimeSpan.FromSeconds(1));
        RenderOnce(world, "b");
        world.Request("c");
        world.Settle();
        world.ChangeShell("newer");
        world.Served = "newer";
        Assert.Equal(["Idle a", "Rebooting b", "Leased c"], world.Snapshot.Slots.Select(s => $"{s.State} {s.Affinity}"));
        world.End(world.Pending[0]);
        Assert.Equal(["Rebooting a", "Idle b", "Leased c"], world.Snapshot.Slots.Select(s => $"{s.State} {s.Affinity}"));
        world.Settle();
        world.Complete(world.Held.Single());
        Assert.Equal(["Idle a", "Idle b", "Rebooting c"], world.Snapshot.Slots.Select(s => $"{s.State} {s.Affinity}"));
    }

    [Fact]
    public void ShellChanged_ByAnOlderGeneration_ChangesNothing()
    {
        var world = Idle("a");
        world.Apply(new ShellLearned(new HostShell("new", 5, default, "")));
        world.Apply(new ShellLearned(new HostShell("old", 4, default, "")));
        Assert.Equal("new", world.Snapshot.Totals.ShellToken);
    }

    [Fact]
    public void FreshOrFail_BetweenTwoShells_FailsAtOnce_AndOtherwiseWaits()
    {
        Options.Slots = 1;
        var (world, _) = WithLease("a");
        var waiter = world.Request("a", accept: ShellAcceptance.FreshOrFail);
        Assert.Equal(1, world.Snapshot.Totals.Waiting);
        world.ChangeShell("new");
        Assert.Equal(new FailWaiter(waiter, WaitFailure.StaleShell), world.History[^1]);
    }

    [Fact]
    public void Lease_AnyShellAccepted_IsAnOldPage()
    {
        var world = Idle("a");
        Options.ReloadsAtOnce = 0;
        world.ChangeShell("new");
        var waiter = world.Request("a", accept: ShellAcceptance.Any);
        world.Settle();
        Assert.NotNull(world.LeaseOf(waiter));
    }

    [Fact]
    public void Close_NoStageEnds_EscalatesPerDeadlineUpToTheProcess()
    {
        var world = Idle("a");
        world.Apply(new AffinityDisposed("a", Revoke: false));
        foreach (var stage in (CloseStage[])[CloseStage.Terminate, CloseStage.Dispose, CloseStage.Crash])
        {
            Assert.Equal(stage, world.History.OfType<CloseSlot>().Last().Stage);
            world.Advance(Options.CloseStageDeadline);
        }

        var kill = Assert.IsType<KillBrowser>(world.History.OfType<KillBrowser>().Single());
        Assert.Equal(1, world.Contexts);
        world.End(kill);
        Assert.Empty(world.Snapshot.Slots);
        Assert.Equal(new ForgetSlot(1, CloseReason.Disposed, CloseStage.Kill), world.History.OfType<ForgetSlot>().Single());
    }

    [Fact]
    public void Crash_OfThePage_RevokesItsLeaseAndCloses()
    {
        var (world, _) = WithLease("a");
        world.Apply(new SlotCrashed(1));
        Assert.Equal(SlotState.Closing, Only(world).State);
        Assert.Single(world.History.OfType<RevokeLease>());
    }

    [Fact]
    public void Slot_OverItsMemory_ClosesWhenIdle()
    {
        var (world, lease) = WithLease("a");
        world.Apply(new MemoryMeasured(1, 1, new Dictionary<long, long> { [1] = 1 + Options.SlotMemoryMb * 1_000_000L }));
        Assert.Equal(SlotState.Leased, Only(world).State);
        world.Complete(lease);
        Assert.Equal(SlotState.Closing, Only(world).State);
        world.Settle();
        Assert.Equal(CloseReason.OverMemory, world.History.OfType<ForgetSlot>().Single().Reason);
    }

    [Fact]
    public void Evict_SeveralIdleSlots_ClosesTheLeastRecentlyUsed()
    {
        var world = Idle("a");
        world.Advance(TimeSpan.FromSeconds(1));
        RenderOnce(world, "b");
        world.Request("c");
        Assert.Equal(["Closing a", "Idle b"], world.Snapshot.Slots.Select(s => $"{s.State} {s.Affinity}"));
    }

    [Fact]
    public void IdleTooLong_Closes_ButKeepsTheStandbys()
    {
        Options.MinStandby = 1;
        var world = Idle("a");
        world.Settle();
        for (var i = 0; i < 4; i++)
        {
            world.Advance(Options.IdleTimeout);
            world.Settle();
        }

        Assert.Equal(SlotState.Standby, Only(world).State);
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(3_600, 600)]
    public void Complete_PageThatMayBeIdleForLess_IsClosedThen(int maxIdle, int closes)
    {
        Options.IdleTimeout = TimeSpan.FromSeconds(600);
        var (world, lease) = WithLease("a");
        world.Complete(lease, maxIdle: TimeSpan.FromSeconds(maxIdle));
        world.Advance(TimeSpan.FromSeconds(closes - 1));
        Assert.Equal(SlotState.Idle, Only(world).State);
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SlotState.Closing, Only(world).State);
    }

    [Fact]
    public void Stop_WaitersIdleAndLeasedSlots_FailsClosesAndDrainsThem()
    {
        var (world, lease) = WithLease("a");
        RenderOnce(world, "b");
        world.Request("c", wait: 100);
        var waiter = world.Request("d");
        world.Stop();
        Assert.Contains(new FailWaiter(waiter, WaitFailure.ShuttingDown), world.History);
        Assert.Equal(SlotState.Draining, world.Snapshot.Slots[0].State);
        var late = world.Request("e");
        Assert.Equal(new FailWaiter(late, WaitFailure.ShuttingDown), world.History[^1]);
        world.Complete(lease);
        world.Settle();
        Assert.True(world.IsStopped);
    }

    [Fact]
    public void Stop_WithALeaseThatNeverComesBack_EndsAtItsDeadline()
    {
        var (world, _) = WithLease("a");
        world.Stop();
        world.Advance(Options.StopDeadline);
        world.Settle();
        Assert.True(world.IsStopped);
    }
}
