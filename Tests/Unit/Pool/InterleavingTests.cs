using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>Small pools, exhaustively: whatever the order of events, every property holds and everybody is served.</summary>
public sealed class InterleavingTests(ITestOutputHelper output)
{
    [Fact]
    public void FourRendersOfTwoAffinities_OnOneSlot() =>
        Explore(Small(slots: 1), 0, Interleavings.Render("a"), Interleavings.Render("b"), Interleavings.Render("a", outcome: PageOutcome.Dirty), Interleavings.Render("b"));

    [Fact]
    public void TwoSlotsTwoWaitersMore_ClosesInEveryOrder() =>
        Explore(Small(slots: 2), 0, Interleavings.Render("a"), Interleavings.Render("c"), Interleavings.Render("a2"), Interleavings.Render("b"));

    [Fact]
    public void RendersThatNestEachOther_FindTheirPermits() =>
        Explore(Small(slots: 2, depth: 1), 0, Nesting);

    [Fact]
    public void RendersThatNestEachOther_WithNothingKeptFree_Deadlock() =>
        Assert.Equal(Checks.NobodyStarves, Assert.Throws<PropertyBroken>(
            () => new Interleavings(new NothingIsKeptFree(Small(slots: 2, depth: 1)), 0, Nesting).Explore()).Check);

    [Fact]
    public void ShellChangesWhileTwoRender() =>
        Explore(Small(slots: 2), 0, Interleavings.Render("a"), Interleavings.Render("a"), Interleavings.Once(w => w.TellShell("A")), Interleavings.Once(w =>
        {
            w.Served = "B";
            w.TellShell("B");
        }));

    [Fact]
    public void BrowserIsReplacedWhileTwoRender() =>
        Explore(Small(slots: 2), 0, Interleavings.Render("a"), Interleavings.Render("b"), Interleavings.Once(w => w.Apply(new RecycleRequested())));

    [Fact]
    public void BrowserCrashesWhileTwoRender() =>
        Explore(Small(slots: 2), 0, Interleavings.Render("a"), Interleavings.Render("b"), Interleavings.Once(w => w.CrashBrowser(1)));

    [Fact]
    public void AnyOneThingFailsWhileTwoRender() =>
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

    private sealed class NothingIsKeptFree(PoolOptions options) : PoolRules(options)
    {
        public override int ReservedPermits(int depth) => 0;
    }
}
