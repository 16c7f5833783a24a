using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>One test per transition of a slot until its page has booted.</summary>
public sealed class BootTransitionTests : CoreTests
{
    [Fact]
    public void Want_WithRoom_CreatesASlot()
    {
        var world = Up();
        world.Request("a");
        Assert.Equal(SlotState.Creating, Only(world).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Want_WithoutAStandby_BootsTheHostAppOnlyIfTheRenderNeedsIt(bool needsHost)
    {
        var world = Up();
        var waiter = world.Request("a", needsHost: needsHost);
        Assert.Equal(!needsHost, Assert.Single(world.Pending.OfType<CreateSlot>()).IsEmpty);
        world.Settle();
        Assert.NotNull(world.LeaseOf(waiter));
    }

    [Fact]
    public void Want_NoHost_TakesTheStandbyAtHand_AndTheNextStandbyBoots()
    {
        Options.MinStandby = 1;
        var world = Up();
        world.Settle();
        Assert.NotNull(world.LeaseOf(world.Request("a", needsHost: false)));
        Assert.False(Assert.Single(world.Pending.OfType<CreateSlot>()).IsEmpty);
    }

    [Fact]
    public void Request_NoHostNeededWhileAStandbyBoots_GetsItsOwnEmptyPage()
    {
        Options.MinStandby = 1;
        var world = Up();
        var boot = Assert.Single(world.Pending.OfType<CreateSlot>());
        var waiter = world.Request("a", needsHost: false);
        var empty = Assert.Single(world.Pending.OfType<CreateSlot>(), create => create.IsEmpty);
        world.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([boot, empty], world.Pending.OfType<CreateSlot>());
        world.End(empty);
        Assert.Equal(empty.Slot, world.LeaseOf(waiter)?.Slot);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Want_EmptyAndBootedStandby_GetsTheOneThatItNeeds(bool needsHost)
    {
        Options.MinStandby = 1;
        var world = Up();
        var boot = Assert.Single(world.Pending.OfType<CreateSlot>());
        var cancelled = world.Request("a", needsHost: false);
        var empty = Assert.Single(world.Pending.OfType<CreateSlot>(), create => create.IsEmpty);
        world.Cancel(cancelled);
        world.Settle();
        var waiter = world.Request("b", needsHost: needsHost);
        world.Settle();
        Assert.Equal(needsHost ? boot.Slot : empty.Slot, world.LeaseOf(waiter)?.Slot);
    }

    [Fact]
    public void EmptyStandby_InTheLastSlot_BootsTheHostApp_AndNoIdlePageIsEvicted()
    {
        (Options.Slots, Options.MinStandby) = (3, 1);
        var world = Up();
        world.Settle();
        world.Complete(world.LeaseOf(world.Request("a"))!);
        var boot = Assert.Single(world.Pending.OfType<CreateSlot>());
        var waiter = world.Request("b", needsHost: false);
        var empty = Assert.Single(world.Pending.OfType<CreateSlot>(), create => create.IsEmpty);
        world.End(boot);
        Assert.Equal(boot.Slot, world.LeaseOf(waiter)?.Slot);
        world.End(empty);
        world.Complete(world.LeaseOf(waiter)!);
        world.Settle();
        Assert.Equal(["a", "b", null], world.Snapshot.Slots.Select(slot => slot.Affinity));
        Assert.Equal(empty.Slot, Assert.Single(world.History.OfType<ReplacePage>()).Slot);
    }

    [Fact]
    public void EmptyStandby_ThatCouldNotBoot_IsNotTakenForABootedOne()
    {
        Options.MinStandby = 1;
        var world = Up();
        world.ChangeShell("old");
        var boot = Assert.Single(world.Pending.OfType<CreateSlot>());
        world.Cancel(world.Request("a", needsHost: false));
        world.Served = "old";
        world.Settle();
        world.Apply(new SlotCrashed(boot.Slot));
        world.Settle();
        world.ChangeShell("new");
        while (world.Pending.OfType<ReplacePage>().FirstOrDefault() is { } reload)
        {
            world.End(reload, well: false);
        }

        var waiter = world.Request("b", accept: ShellAcceptance.Any);
        var booted = world.Snapshot.Slots.Max(slot => slot.Slot);
        Assert.Equal(booted, world.LeaseOf(waiter)?.Slot);
    }

    [Fact]
    public void EmptyPage_CreatedBeforeADeploy_IsStaleAfterIt()
    {
        var world = Up();
        world.ChangeShell("old");
        world.Request("a", needsHost: false, wait: 1);
        world.Served = "old";
        world.Advance(TimeSpan.FromSeconds(2));
        world.Settle();
        Assert.Equal((SlotState.Standby, "old"), (Only(world).State, Only(world).ShellToken));
        world.ChangeShell("new");
        Assert.Equal(SlotState.Rebooting, Only(world).State);
    }

    [Fact]
    public void Boot_WithoutAWaiter_BecomesStandby()
    {
        Options.MinStandby = 1;
        var world = Up();
        world.Settle();
        Assert.Equal((SlotState.Standby, null), (Only(world).State, Only(world).Affinity));
    }

    [Fact]
    public void Boot_WithAWaiter_IsLeasedToItCold()
    {
        var (world, lease) = WithLease("a");
        Assert.Equal((SlotState.Leased, "a"), (Only(world).State, Only(world).Affinity));
        Assert.False(lease.Warm);
    }

    [Fact]
    public void Boot_ThatFails_ClosesTheHalfMadeContext_AndPausesBeforeTheNext()
    {
        var world = Up();
        var waiter = world.Request("a");
        world.End(world.Pending[0], well: false);
        Assert.Equal((SlotState.Closing, 1), (Only(world).State, world.Contexts));
        world.Settle();
        Assert.Empty(world.Snapshot.Slots);
        world.Advance(Options.BackOffMin);
        world.Settle();
        Assert.NotNull(world.LeaseOf(waiter));
    }

    [Fact]
    public void Boot_ThatIsOverdue_Closes_AndItsLateEndIsIgnored()
    {
        var world = Up();
        world.Request("a");
        var boot = world.Pending[0];
        world.Advance(Options.BootDeadline);
        Assert.Equal(SlotState.Closing, world.Snapshot.Slots[0].State);
        world.End(boot);
        Assert.Equal(SlotState.Closing, world.Snapshot.Slots[0].State);
    }
}
