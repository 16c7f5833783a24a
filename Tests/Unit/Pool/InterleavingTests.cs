using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>Explores small pools exhaustively: in every order of events, every property holds and every waiter is served.</summary>
public sealed class InterleavingTests(ITestOutputHelper output)
{
    [Fact]
    public void Explore_FourRendersOfTwoAffinitiesOnOneSlot_PropertiesHold() =>
        Explore(Small(slots: 1), 0, Interleavings.Render("a"), Interleavings.Render("b"), Interleavings.Render("a", condition: PageCondition.Dirty), Interleavings.Render("b"));

    [Fact]
    public void Explore_TwoMoreWaitersThanSlots_PropertiesHold() =>
        Explore(Small(slots: 2), 0, Interleavings.Render("a"), Interleavings.Render("c"), Interleavings.Render("a2"), Interleavings.Render("b"));

    [Fact]
    public void Explore_RendersThatNestEachOther_GetTheirPermits() =>
        Explore(Small(slots: 2, depth: 1), 0, Nesting);

    [Fact]
    public void Explore_RendersThatNestEachOtherWithoutReservedPermits_Deadlock() =>
        Assert.Equal(Checks.NoStarvation, Assert.Throws<PropertyBroken>(
            () => new Interleavings(new NoReservedPermits(Small(slots: 2, depth: 1)), 0, Nesting).Explore()).Check);

    [Fact]
    public void Explore_ShellChangesDuringTwoRenders_PropertiesHold() =>
        Explore(Small(slots: 2), 0, Interleavings.Render("a"), Interleavings.Render("a"), Interleavings.Once(w => w.ChangeShell("A")), Interleavings.Once(w =>
        {
            w.Served = "B";
            w.ChangeShell("B");
        }));

    [Fact]
    public void Explore_BrowserIsReplacedDuringTwoRenders_PropertiesHold() =>
        Explore(Small(slots: 2), 0, Interleavings.Render("a"), Interleavings.Render("b"), Interleavings.Once(w => w.Apply(new RecycleRequested())));

    [Fact]
    public void Explore_BrowserCrashesDuringTwoRenders_PropertiesHold() =>
        Explore(Small(slots: 2), 0, Interleavings.Render("a"), Interleavings.Render("b"), Interleavings.Once(w => w.CrashBrowser(1)));

    [Fact]
    public void Explore_AnyTwoEffectsFail_PropertiesHold() =>
        Explore(Small(slots: 1), 2, Interleavings.Render("a"), Interleavings.Render("a"), Interleavings.Render("b"));

    private static Interleavings.Client[] Nesting =>
        [Interleavings.Render("x", nested: "y"), Interleavings.Render("y", nested: "x"), Interleavings.Render("x")];

    private static PoolOptions Small(int slots, int depth = 0) => new()
    {
        Slots = slots, HighPrioritySlots = 0, MaxDepth = depth, MinStandby = 0, RendersPerAffinity = 1, CreationsAtOnce = 2, HoldDeadline = TimeSpan.FromHours(1),
    };

    private void Explore(PoolOptions options, int failures, params Interleavings.Client[] clients)
    {
        var interleavings = new Interleavings(new PoolRules(options), failures, clients);
        interleavings.Explore();
        output.WriteLine($"{interleavings.States} states, {interleavings.Ends} ends");
        Assert.True(interleavings.States > 100, $"Only {interleavings.States} states were found.");
    }

    private sealed class NoReservedPermits(PoolOptions options) : PoolRules(options)
    {
        public override int ReservedPermits(int depth) => 0;
    }
}
