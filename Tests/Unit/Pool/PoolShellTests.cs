using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>The pool with host shells that arrive late, never, or differently each time.</summary>
public sealed class PoolShellTests
{
    private readonly PoolOptions _options = new() { Slots = 2, HighPrioritySlots = 0, MaxDepth = 0, MinStandby = 0, LastResortAfter = 3 };

    [Fact]
    public void Reload_ThatFails_KeepsTheOldPage_AndTriesAgainAfterAPause()
    {
        var (world, slot) = WithIdlePage("a");
        world.ChangeShell("new");
        world.End(world.Pending.OfType<ReplacePage>().Single(), well: false);

        Assert.Equal((SlotState.Idle, slot, "old"), (Only(world).State, Only(world).Slot, Only(world).ShellToken));
        world.Advance(_options.BackOffMin);
        Assert.Equal(SlotState.Rebooting, Only(world).State);
        world.Served = "new";
        world.Settle();
        Assert.Equal((SlotState.Idle, slot, "new"), (Only(world).State, Only(world).Slot, Only(world).ShellToken));
    }

    [Fact]
    public void Reload_FailsRepeatedly_TheOldPageServesAsALastResort()
    {
        var (world, _) = WithIdlePage("a");
        world.ChangeShell("new");
        var waiter = world.Request("a");
        for (var i = 0; i < _options.LastResortAfter; i++)
        {
            Assert.Null(world.LeaseOf(waiter));
            world.Advance(_options.BackOffMax);
            world.End(world.Pending.OfType<ReplacePage>().Single(), well: false);
        }

        world.Settle(e => e is ReplacePage);
        Assert.NotNull(world.LeaseOf(waiter));
    }

    [Fact]
    public void Boot_BegunBeforeAChange_DoesNotCountAgainstIt()
    {
        var (world, _) = WithIdlePage("a");
        world.ChangeShell("b");
        var boot = world.Pending.OfType<ReplacePage>().Single();
        world.ChangeShell("c");
        world.Served = "b";
        world.End(boot);

        // At once, for c: the boot for b does not count as an attempt.
        Assert.Equal(SlotState.Rebooting, Only(world).State);
        world.Served = "c";
        world.Settle();
        Assert.Equal("c", Only(world).ShellToken);
    }

    [Fact]
    public void Shell_DifferentOnEveryFetch_IsUnstable_AndReloadsNothing()
    {
        var (world, _) = WithIdlePage("a");
        world.ChangeShell("new");
        for (var i = 0; i < _options.LastResortAfter; i++)
        {
            Assert.False(world.Snapshot.Totals.ShellIsUnstable);
            world.Served = $"nonce {i}";
            world.Settle();
            world.Advance(_options.BackOffMax);
        }

        Assert.True(world.Snapshot.Totals.ShellIsUnstable);
        var reloads = world.History.OfType<ReplacePage>().Count();
        world.Advance(PoolRules.UnstableShellPause - _options.BackOffMax - TimeSpan.FromSeconds(1));
        Assert.Equal(reloads, world.History.OfType<ReplacePage>().Count());
        Assert.NotNull(Granted(world));

        // Once the host serves a stable shell again, the check that runs once a minute detects it.
        world.Served = "new";
        world.Complete(world.Held.Single());
        world.Advance(TimeSpan.FromSeconds(2));
        world.Settle();
        Assert.Equal((false, 0), (world.Snapshot.Totals.ShellIsUnstable, world.Snapshot.Totals.Behind));
    }

    [Fact]
    public void Shell_OldAndOlderInTurns_IsARollingDeploy_NotUnstable()
    {
        var (world, _) = WithIdlePage("a");
        world.ChangeShell("new");
        for (var i = 0; i < 10; i++)
        {
            world.Served = i % 2 == 0 ? "old" : "older";
            world.Settle();
            world.Advance(_options.BackOffMax);
        }

        Assert.False(world.Snapshot.Totals.ShellIsUnstable);
    }

    [Fact]
    public void Change_Pause_HoldsReloadsBackForIt()
    {
        var (world, _) = WithIdlePage("a");
        world.Apply(new ShellLearned(new HostShell("new", 100, default, "")) { Pause = TimeSpan.FromMilliseconds(80) });
        Assert.Equal(SlotState.Idle, Only(world).State);
        world.Advance(TimeSpan.FromMilliseconds(80));
        Assert.Equal(SlotState.Rebooting, Only(world).State);
    }

    [Fact]
    public void Reload_PauseAfterAChange_IsSkippedForAPageWithAWaiter()
    {
        var (world, _) = WithIdlePage("a");
        world.Apply(new ShellLearned(new HostShell("new", 100, default, "")) { Pause = TimeSpan.FromMilliseconds(80) });
        world.Request("a");
        Assert.Equal(SlotState.Rebooting, Only(world).State);
    }

    [Fact]
    public void Release_OfADocumentThatTheRenderLoadedFromAnotherShell_Reloads()
    {
        var (world, _) = WithIdlePage("a");
        world.ChangeShell("old");
        var lease = Granted(world)!;
        world.Complete(lease, loaded: "older");
        Assert.Equal(SlotState.Rebooting, Only(world).State);
    }

    [Fact]
    public void Release_UnderFullLoad_ReloadsEveryPageAtOnce()
    {
        _options.ReloadsAtOnce = 1;
        var world = new PoolWorld(_options) { Served = "old" };
        world.Request("a");
        world.Request("b");
        world.Settle();
        world.ChangeShell("new");
        foreach (var lease in world.Held.ToArray())
        {
            world.Complete(lease);
        }

        Assert.All(world.Snapshot.Slots, slot => Assert.Equal(SlotState.Rebooting, slot.State));
    }

    private (PoolWorld World, long Slot) WithIdlePage(string affinity)
    {
        var world = new PoolWorld(_options) { Served = "old" };
        world.Request(affinity);
        world.Settle();
        world.Complete(world.Held.Single());
        return (world, Only(world).Slot);
    }

    private static WorldLease? Granted(PoolWorld world)
    {
        var waiter = world.Request("a");
        world.Settle(e => e is ReplacePage);
        return world.LeaseOf(waiter);
    }

    private static SlotSnapshot Only(PoolWorld world) => Assert.Single(world.Snapshot.Slots);
}
