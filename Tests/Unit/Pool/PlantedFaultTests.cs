using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>
/// Shows that the checks can fail. Each test replaces one decision of the pool by a wrong one and names the check that fails: in the random runs of
/// <see cref="RandomRun"/>, or in the scenario that reveals the fault.
/// </summary>
public sealed class PlantedFaultTests
{
    [Fact]
    public void Play_ClosingIsNotCounted_BreaksTheCap() =>
        Assert.Equal(Checks.ContextsWithinCap, CaughtBy(o => new ClosingIsNotCounted(o)));

    [Fact]
    public void Play_ClosingCountsAsWarm_MakesTheWarmListWrong() =>
        Assert.Equal(Checks.WarmIsTrue, CaughtBy(o => new ClosingCountsAsWarm(o)));

    [Fact]
    public void Play_LeasedSlotsAreEvicted_ClosesUnderALease() =>
        Assert.Equal(Checks.ClosedOnce, CaughtBy(o => new LeasedSlotsAreEvicted(o)));

    [Fact]
    public void Play_OpsAreIgnored_LateCompletionChangesASlot() =>
        Assert.Equal(Checks.LateIsIgnored, CaughtBy(o => new OpsAreIgnored(o)));

    [Fact]
    public void Play_CondemnedPagesAreReused_LeasesThemAgain() =>
        Assert.Contains(CaughtBy(o => new CondemnedPagesAreReused(o)), (string[])[Checks.OnlyTableTransitions, Checks.CondemnedIsNotLeased, Checks.RecycleEnds]);

    [Fact]
    public void Play_SlotsServeAnyAffinity_MovesAPageToAnotherAffinity() =>
        Assert.Equal(Checks.OneAffinityPerSlot, CaughtBy(o => new SlotsServeAnyAffinity(o)));

    [Fact]
    public void Play_StalePagesAreLeased_StayInUseAfterTheRecycle() =>
        Assert.Equal(Checks.RecycleEnds, CaughtBy(o => new StalePagesAreLeased(o)));

    [Fact]
    public void Play_NoCloseDeadline_LosesCapacity() =>
        Assert.Contains(CaughtBy(o => new NoCloseDeadline(o)), (string[])[Checks.CapacityReturns, Checks.NoStarvation]);

    [Fact]
    public void Play_NoReservedPermits_DeadlocksNestedRenders() =>
        Assert.Equal(Checks.NoStarvation, CaughtBy(o => new NoReservedPermits(o)));

    [Fact]
    public void LeakedLease_NoHoldDeadline_KeepsItsMemory() =>
        Assert.Equal(Checks.CapacityReturns, CaughtBy(Scenarios.LeakedLease, o => new NoHoldDeadline(o)));

    [Fact]
    public void BackToBackRenders_StickyWithoutLimit_StarvesTheOtherAffinity() =>
        Assert.Equal(Checks.NoStarvation, CaughtBy(Scenarios.BackToBackRendersOfOneAffinity, o => new StickyWithoutLimit(o)));

    [Fact]
    public void HighPriority_NoAging_StarvesLowPriority() =>
        Assert.Equal(Checks.NoStarvation, CaughtBy(Scenarios.HighPriorityAboveCapacity, o => new NoAging(o)));

    [Theory]
    [MemberData(nameof(ScenarioNames))]
    public void Scenario_NoFault_PropertiesHold(string scenario) => Scenarios.All[scenario](o => new PoolRules(o));

    public static TheoryData<string> ScenarioNames => [.. Scenarios.All.Keys];

    // A fixed sequence of runs, so that a fault is caught in every run of the test or in none.
    private static string CaughtBy(Func<PoolOptions, PoolRules> rules) => CaughtBy(
        plant =>
        {
            var random = new Random(1);
            for (var run = 0; run < 3_000; run++)
            {
                RandomRun.Play(run, [.. Enumerable.Range(0, 120).Select(_ => random.Next(32_000))], plant);
            }
        },
        rules);

    private static string CaughtBy(Action<Func<PoolOptions, PoolRules>> scenario, Func<PoolOptions, PoolRules> rules) =>
        Assert.Throws<PropertyBroken>(() => scenario(rules)).Check;

    private sealed class ClosingIsNotCounted(PoolOptions options) : PoolRules(options)
    {
        public override bool TakesMemory(SlotState state) => state != SlotState.Closing;
    }

    private sealed class ClosingCountsAsWarm(PoolOptions options) : PoolRules(options)
    {
        public override bool IsWarm(SlotState state) => state is SlotState.Closing || base.IsWarm(state);
    }

    private sealed class LeasedSlotsAreEvicted(PoolOptions options) : PoolRules(options)
    {
        public override bool MayEvict(Slot slot) => slot.State is SlotState.Idle or SlotState.Leased;
    }

    private sealed class OpsAreIgnored(PoolOptions options) : PoolRules(options)
    {
        public override bool IsCurrent(Slot slot, long op) => true;
    }

    private sealed class CondemnedPagesAreReused(PoolOptions options) : PoolRules(options)
    {
        public override SlotState AfterLease(SlotState state, PageCondition condition, bool currentGeneration, bool currentShell, bool overMemory) =>
            SlotState.Idle;
    }

    private sealed class SlotsServeAnyAffinity(PoolOptions options) : PoolRules(options)
    {
        public override bool MayServe(Slot slot, Affinity affinity) => true;
    }

    private sealed class StalePagesAreLeased(PoolOptions options) : PoolRules(options)
    {
        public override bool AcceptsStale(ShellAcceptance accept, int wrongBoots) => true;
    }

    private sealed class NoCloseDeadline(PoolOptions options) : PoolRules(options)
    {
        public override TimeSpan CloseDeadline(CloseStage stage) => TimeSpan.MaxValue;
    }

    private sealed class NoReservedPermits(PoolOptions options) : PoolRules(options)
    {
        public override int ReservedPermits(int depth) => 0;
    }

    private sealed class NoHoldDeadline(PoolOptions options) : PoolRules(options)
    {
        public override TimeSpan HoldDeadline => TimeSpan.MaxValue;
    }

    private sealed class StickyWithoutLimit(PoolOptions options) : PoolRules(options)
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
