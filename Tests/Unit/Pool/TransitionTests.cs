using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>One test per transition of a slot: boot, lease, release.</summary>
public sealed class TransitionTests : CoreTests
{
    [Theory]
    [InlineData(nameof(PageCondition.Healthy), nameof(SlotState.Idle))]
    [InlineData(nameof(PageCondition.Untouched), nameof(SlotState.Idle))]
    [InlineData(nameof(PageCondition.Dirty), nameof(SlotState.Rebooting))]
    [InlineData(nameof(PageCondition.Hung), nameof(SlotState.Closing))]
    [InlineData(nameof(PageCondition.Crashed), nameof(SlotState.Closing))]
    public void Complete_WhenLeased_Becomes(string condition, string next)
    {
        var (world, lease) = WithLease("a");
        world.Complete(lease, Enum.Parse<PageCondition>(condition));
        Assert.Equal(next, Only(world).State.ToString());
    }

    [Theory]
    [InlineData(nameof(PageCondition.Healthy))]
    [InlineData(nameof(PageCondition.Untouched))]
    [InlineData(nameof(PageCondition.Dirty))]
    [InlineData(nameof(PageCondition.Hung))]
    [InlineData(nameof(PageCondition.Crashed))]
    public void Complete_WhenDraining_Closes(string condition)
    {
        var (world, lease) = WithLease("a");
        world.Apply(new AffinityDisposed("a", Revoke: false));
        Assert.Equal(SlotState.Draining, Only(world).State);
        world.Complete(lease, Enum.Parse<PageCondition>(condition));
        Assert.Equal(SlotState.Closing, Only(world).State);
    }

    [Fact]
    public void Complete_Twice_HasOneEffect()
    {
        var (world, lease) = WithLease("a");
        world.Complete(lease);
        world.Apply(new LeaseCompleted(lease.Id, PageCondition.Crashed));
        Assert.Equal(SlotState.Idle, Only(world).State);
    }

    [Fact]
    public void Idle_ForItsAffinity_IsProbedAndLeasedWarm()
    {
        var world = Idle("a");
        var waiter = world.Request("a");
        Assert.IsType<ProbePage>(Assert.Single(world.Pending));
        Assert.Equal(SlotState.Leased, Only(world).State);
        world.Settle();
        Assert.True(world.LeaseOf(waiter)!.Warm);
    }

    [Fact]
    public void Probe_ThatFails_Closes_AndTheWaiterKeepsItsPlace()
    {
        Options.Slots = 1;
        var world = Idle("a");
        var first = world.Request("a");
        var second = world.Request("b");
        world.End(world.Pending.OfType<ProbePage>().Single(), well: false);
        Assert.Equal(SlotState.Closing, Only(world).State);
        world.Settle();
        Assert.NotNull(world.LeaseOf(first));
        Assert.Null(world.LeaseOf(second));
    }

    [Fact]
    public void Cancel_DuringAProbeThatFails_LeavesNoWaiterInTheQueue()
    {
        var world = Idle("a");
        world.Cancel(world.Request("a"));
        world.End(world.Pending.OfType<ProbePage>().Single(), well: false);
        Assert.Equal(0, world.Snapshot.Totals.Waiting);
    }

    [Fact]
    public void Probe_ThatIsOverdue_Closes_AndItsLateAnswerIsIgnored()
    {
        var world = Idle("a");
        world.Request("a");
        var probe = world.Pending.OfType<ProbePage>().Single();
        world.Advance(Options.ProbeDeadline);
        Assert.Equal(SlotState.Closing, world.Snapshot.Slots[0].State);
        world.End(probe);
    }

    [Fact]
    public void Cancel_DuringTheHandOver_GivesThePageBackUntouched()
    {
        var world = Idle("a");
        world.Cancel(world.Request("a"));
        world.Settle();
        Assert.Equal((SlotState.Idle, 1), (Only(world).State, Only(world).Renders));
    }

    [Fact]
    public void Cancel_WhileWaiting_RemovesTheWaiter()
    {
        Options.Slots = 1;
        var (world, _) = WithLease("a");
        world.Cancel(world.Request("b"));
        Assert.Equal(0, world.Snapshot.Totals.Waiting);
    }

    [Fact]
    public void Wait_DeadlinePasses_Ends()
    {
        Options.Slots = 1;
        var (world, _) = WithLease("a");
        world.Request("b", wait: 3);
        world.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(WaitFailure.Deadline, Assert.Single(world.History.OfType<FailWaiter>()).End);
    }

    [Fact]
    public void Want_WithoutTimeout_TakesAPageAtHand()
    {
        var world = Idle("a");
        var waiter = world.Request("a", wait: 0);
        world.Settle();
        Assert.NotNull(world.LeaseOf(waiter));
    }

    [Fact]
    public void Lease_HoldDeadlinePasses_IsDrainedThenRevokedAndClosed()
    {
        var (world, _) = WithLease("a");
        world.Advance(Options.HoldDeadline);
        Assert.Equal(SlotState.Draining, Only(world).State);
        Assert.Empty(world.History.OfType<RevokeLease>());
        world.Advance(Options.HoldGrace);
        Assert.Equal(SlotState.Closing, Only(world).State);
        Assert.Single(world.History.OfType<RevokeLease>());
        world.Settle();
        Assert.Equal(CloseReason.HoldOverdue, Assert.Single(world.History.OfType<ForgetSlot>()).Reason);
    }

    [Fact]
    public void Dispose_OfAnIdleSlot_Closes_AndTheAffinityIsNotWarmAtOnce()
    {
        var world = Idle("a");
        world.Apply(new AffinityDisposed("a", Revoke: false));
        Assert.Equal(SlotState.Closing, Only(world).State);
        Assert.Empty(world.Snapshot.Warm);
    }

    [Fact]
    public void Dispose_WithRevoke_RevokesTheLease()
    {
        var (world, _) = WithLease("a");
        world.Apply(new AffinityDisposed("a", Revoke: true));
        Assert.Equal(SlotState.Closing, Only(world).State);
        Assert.Single(world.History.OfType<RevokeLease>());
    }

    [Fact]
    public void Drain_Overdue_RevokesAndCloses()
    {
        var (world, _) = WithLease("a");
        world.Apply(new AffinityDisposed("a", Revoke: false));
        world.Advance(Options.DrainDeadline);
        Assert.Equal(SlotState.Closing, Only(world).State);
    }

    [Fact]
    public void ReplacePage_Ends_InTheSameSlotWithANewDocument()
    {
        var (world, lease) = WithLease("a");
        world.Complete(lease, PageCondition.Dirty);
        world.Settle();
        Assert.Equal((SlotState.Idle, "a", 1L), (Only(world).State, Only(world).Affinity, Only(world).Slot));
        Assert.Equal(1, world.Contexts);
    }

    [Fact]
    public void ReplacePage_ThatFails_Closes()
    {
        var (world, lease) = WithLease("a");
        world.Complete(lease, PageCondition.Dirty);
        world.End(world.Pending[0], well: false);
        Assert.Equal(SlotState.Closing, Only(world).State);
    }
}
