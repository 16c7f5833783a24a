using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>One test per transition of a browser: launch, crash, replacement, kill.</summary>
public sealed class BrowserTransitionTests : CoreTests
{
    [Fact]
    public void Boot_InARetiredBrowser_Closes()
    {
        var world = Up();
        world.Request("a");
        var boot = world.Pending[0];
        world.Apply(new RecycleRequested());
        world.End(world.Pending.OfType<LaunchBrowser>().Single());
        Assert.Equal(SlotState.Creating, world.Snapshot.Slots[0].State);
        world.End(boot);
        Assert.Equal((SlotState.Closing, 1), (world.Snapshot.Slots[0].State, world.Snapshot.Slots[0].Generation));
    }

    [Fact]
    public void Crash_OfTheBrowser_RevokesAllLeases_AndTheNextBrowserServes()
    {
        var (world, _) = WithLease("a");
        var waiter = world.Request("a");
        world.Settle();
        world.CrashBrowser(1);
        Assert.Equal(2, world.History.OfType<RevokeLease>().Count());
        world.Advance(Options.BackOffMin);
        var next = world.Request("a");
        world.Settle();
        Assert.Equal(2, world.Snapshot.Slots.Single(s => s.Slot == world.LeaseOf(next)!.Slot).Generation);
        Assert.Null(world.LeaseOf(waiter));
    }

    [Fact]
    public void Browser_ThatNeitherBootsNorClosesPages_IsFollowedByTheNextAfterALongerPauseEachTime()
    {
        var world = Up();
        world.Request("a");
        var pause = Options.BackOffMin;
        for (var generation = 1; generation <= 4; generation++, pause *= 2)
        {
            while (world.Pending.Any(effect => effect is CreateSlot or CloseSlot))
            {
                world.End(world.Pending.First(effect => effect is CreateSlot or CloseSlot), well: false);
            }

            Assert.Equal(generation, world.Pending.OfType<KillBrowser>().Single().Generation);
            world.Settle();
            world.Advance(pause - TimeSpan.FromMilliseconds(1));
            Assert.Equal(generation, world.History.OfType<LaunchBrowser>().Count());
            world.Advance(TimeSpan.FromMilliseconds(1));
            world.End(world.Pending.OfType<LaunchBrowser>().Single());
        }
    }

    [Fact]
    public void Recycle_LaunchesTheNextBrowserFirst_ThenRetires_ThenKillsTheOld()
    {
        var (world, lease) = WithLease("a");
        RenderOnce(world, "b");
        world.Apply(new RecycleRequested());
        Assert.Equal([SlotState.Leased, SlotState.Idle], world.Snapshot.Slots.Select(s => s.State));
        world.End(world.Pending.Single());
        Assert.Equal([SlotState.Draining, SlotState.Closing], world.Snapshot.Slots.Select(s => s.State));
        world.Settle();
        Assert.Empty(world.History.OfType<KillBrowser>());
        world.Complete(lease);
        world.Settle();
        Assert.Equal(1, Assert.Single(world.History.OfType<KillBrowser>()).Generation);
        Assert.Equal(2, world.Snapshot.Totals.Generation);
    }

    [Fact]
    public void Recycle_WhenTheNextBrowserDoesNotStart_KeepsTheOldOne_AndTriesAgain()
    {
        var world = Idle("a");
        world.Apply(new RecycleRequested());
        world.End(world.Pending.Single(), well: false);
        Assert.Equal(SlotState.Idle, Only(world).State);
        world.Settle();
        world.Advance(Options.BackOffMin);
        world.Settle();
        Assert.Equal(3, world.Snapshot.Totals.Generation);
    }

    [Fact]
    public void Browser_TooOldTooUsedOrTooBig_IsReplaced()
    {
        var world = Idle("a");
        var tooBig = new MemoryMeasured(1, 1 + Options.BrowserMemoryMb * 1_000_000L, new Dictionary<long, long>());
        world.Apply(tooBig);
        // The browser is too young to be replaced for its size: the next one would soon be as large.
        Assert.Empty(world.Pending);
        world.Advance(PoolRules.MinAgeForMemory);
        world.Apply(tooBig);
        Assert.Equal(2, world.Pending.OfType<LaunchBrowser>().Single().Generation);
        world.Settle();
        Options.RetireAfterRenders = 1;
        RenderOnce(world, "a");
        world.Settle();
        Assert.Equal(3, world.Snapshot.Totals.Generation);
        Options.RetireAfterRenders = 1000;
        world.Advance(Options.RetireAfter);
        world.Settle();
        Assert.Equal(4, world.Snapshot.Totals.Generation);
    }

    [Fact]
    public void Kill_ThatIsNotConfirmed_IsRepeated()
    {
        var world = Idle("a");
        world.CrashBrowser(1);
        world.Advance(Options.CloseStageDeadline);
        Assert.Equal(2, world.History.OfType<KillBrowser>().Count());
        Assert.Equal(SlotState.Closing, Only(world).State);
    }
}
