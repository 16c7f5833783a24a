using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>
/// The checks can fail. Each test replaces one decision of the pool by a wrong one and says which check notices: the random lives of
/// <see cref="RandomRun"/>, or the scenario that a fault needs to show.
/// </summary>
public sealed class PlantedFaultTests
{
    [Fact]
    public void ClosingIsNotCounted_BreaksTheCap() =>
        Assert.Equal(Checks.ContextsWithinCap, CaughtBy(o => new ClosingIsNotCounted(o)));

    [Fact]
    public void ClosingIsCalledWarm_MakesTheWarmListLie() =>
        Assert.Equal(Checks.WarmIsTrue, CaughtBy(o => new ClosingIsCalledWarm(o)));

    [Fact]
    public void LentSlotsAreEvicted_ClosesUnderALease() =>
        Assert.Equal(Checks.ClosedOnce, CaughtBy(o => new LentSlotsAreEvicted(o)));

    [Fact]
    public void OpsAreIgnored_LetsALateCompletionTouchASlot() =>
        Assert.Equal(Checks.LateIsIgnored, CaughtBy(o => new OpsAreIgnored(o)));

    [Fact]
    public void DoomedPagesAreReused_LendsThemAgain() =>
        Assert.Contains(CaughtBy(o => new DoomedPagesAreReused(o)), (string[])[Checks.OnlyTransitionsOfTheTable, Checks.DoomedIsNotLent, Checks.RecycleEnds]);

    [Fact]
    public void SlotsAreStolen_MovesAPageToAnotherTenant() =>
        Assert.Equal(Checks.OneTenantForLife, CaughtBy(o => new SlotsAreStolen(o)));

    [Fact]
    public void StalePagesAreLent_OutliveTheRecycle() =>
        Assert.Equal(Checks.RecycleEnds, CaughtBy(o => new StalePagesAreLent(o)));

    [Fact]
    public void NoCloseDeadline_LosesCapacityForEver() =>
        Assert.Contains(CaughtBy(o => new NoCloseDeadline(o)), (string[])[Checks.CapacityReturns, Checks.NobodyStarves]);

    [Fact]
    public void NothingIsKeptFree_DeadlocksNestedRenders() =>
        Assert.Equal(Checks.NobodyStarves, CaughtBy(o => new NothingIsKeptFree(o)));

    [Fact]
    public void NoHoldDeadline_LetsALeakedLeasePinItsMemory() =>
        Assert.Equal(Checks.CapacityReturns, CaughtBy(Scenarios.LeakedLease, o => new NoHoldDeadline(o)));

    [Fact]
    public void StickyForEver_StarvesTheOtherAffinity() =>
        Assert.Equal(Checks.NobodyStarves, CaughtBy(Scenarios.BackToBackRendersOfOneAffinity, o => new StickyForEver(o)));

    [Fact]
    public void NoAging_StarvesLowPriority() =>
        Assert.Equal(Checks.NobodyStarves, CaughtBy(Scenarios.HighPriorityAboveCapacity, o => new NoAging(o)));

    [Theory]
    [MemberData(nameof(ScenarioNames))]
    public void NoFault_NoCheckNotices(string scenario) => Scenarios.All[scenario](o => new PoolRules(o));

    public static TheoryData<string> ScenarioNames => [.. Scenarios.All.Keys];

    // A fixed sequence of lives, so that a fault is caught in every run of the test or in none.
    private static string CaughtBy(Func<PoolOptions, PoolRules> rules) => CaughtBy(
        plant =>
        {
            var random = new Random(1);
            for (var life = 0; life < 3_000; life++)
            {
                RandomRun.Play(life, [.. Enumerable.Range(0, 120).Select(_ => random.Next(32_000))], plant);
            }
        },
        rules);

    private static string CaughtBy(Action<Func<PoolOptions, PoolRules>> scenario, Func<PoolOptions, PoolRules> rules) =>
        Assert.Throws<PropertyBroken>(() => scenario(rules)).Check;

    private sealed class ClosingIsNotCounted(PoolOptions options) : PoolRules(options)
    {
        public override bool TakesMemory(SlotState state) => state != SlotState.Closing;
    }

    private sealed class ClosingIsCalledWarm(PoolOptions options) : PoolRules(options)
    {
        public override bool IsWarm(SlotState state) => state is SlotState.Closing || base.IsWarm(state);
    }

    private sealed class LentSlotsAreEvicted(PoolOptions options) : PoolRules(options)
    {
        public override bool MayEvict(Slot slot) => slot.State is SlotState.Idle or SlotState.Leased;
    }

    private sealed class OpsAreIgnored(PoolOptions options) : PoolRules(options)
    {
        public override bool IsCurrent(Slot slot, long op) => true;
    }

    private sealed class DoomedPagesAreReused(PoolOptions options) : PoolRules(options)
    {
        public override SlotState AfterLease(SlotState state, PageOutcome outcome, bool currentGeneration, bool currentShell, bool overMemory) =>
            SlotState.Idle;
    }

    private sealed class SlotsAreStolen(PoolOptions options) : PoolRules(options)
    {
        public override bool MayServe(Slot slot, Affinity affinity) => true;
    }

    private sealed class StalePagesAreLent(PoolOptions options) : PoolRules(options)
    {
        public override bool AcceptsStale(ShellAcceptance accept, int wrongBoots) => true;
    }

    private sealed class NoCloseDeadline(PoolOptions options) : PoolRules(options)
    {
        public override TimeSpan CloseDeadline(CloseStage stage) => TimeSpan.MaxValue;
    }

    private sealed class NothingIsKeptFree(PoolOptions options) : PoolRules(options)
    {
        public override int ReservedPermits(int depth) => 0;
    }

    private sealed class NoHoldDeadline(PoolOptions options) : PoolRules(options)
    {
        public override TimeSpan HoldDeadline => TimeSpan.MaxValue;
    }

    private sealed class StickyForEver(PoolOptions options) : PoolRules(options)
    {
        public override TimeSpan UrgentFrom(Waiter waiter) => TimeSpan.MaxValue;
    }

    private sealed class NoAging(PoolOptions options) : PoolRules(options)
    {
        public override long Rank(LeaseRequest request, TimeSpan arrivedAt) => -request.Priority * TimeSpan.TicksPerDay;

        public override TimeSpan HighFrom(Waiter waiter) =>
            waiter.Request.Priority >= Options.HighPriority ? TimeSpan.Zero : TimeSpan.MaxValue;
    }
}
