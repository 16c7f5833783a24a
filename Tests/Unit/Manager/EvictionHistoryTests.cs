using Fleet.Contracts;
using Fleet.Manager.Routing;
using Fleet.Manager.Servers;

namespace Fleet.Tests.Manager;

public sealed class EvictionHistoryTests
{
    private const int Slots = 10;

    private readonly EvictionHistory _history = new();

    [Fact]
    public void ReuseChance_NothingWasEvicted_IsOne() => Assert.Equal(1, _history.ReuseChance);

    [Theory]
    [InlineData(0, 1)] // Each is warm again at once.
    [InlineData(Slots - 1, 1)]
    [InlineData(Slots, 0)] // As many other affinities as slots were evicted since: another eviction order would not have kept it.
    [InlineData(3 * Slots, 0)]
    public void ReuseChance_AffinityIsWarmAgainAfterOthersWereEvicted_CountsIfThatIsSoon(int others, double expected)
    {
        for (var i = 0; i < 5_000; i++)
        {
            _history.Evicted($"{i}", Slots);
            if (i >= others)
            {
                _history.Warmed($"{i - others}");
            }
        }

        Assert.Equal(expected, _history.ReuseChance, 2);
    }

    [Fact]
    public void ReuseChance_EveryOtherReturns_IsAHalf()
    {
        for (var i = 0; i < 5_000; i++)
        {
            _history.Evicted($"{i}", Slots);
            if (i % 2 == 0)
            {
                _history.Warmed($"{i}");
            }
        }

        Assert.InRange(_history.ReuseChance, 0.4, 0.6);
    }

    [Fact]
    public void Index_AffinityMovesToAnotherServer_IsNotEvicted()
    {
        var index = new ServerIndex([Server("a", "x"), Server("b")]);
        for (var i = 0; i < 1_000; i++)
        {
            index = new([Server("a"), Server("b", "x")], index);
            index = new([Server("a", "x"), Server("b")], index);
        }

        Assert.Equal(1, index.ReuseChance);
    }

    [Fact]
    public void Index_PagesOfAffinitiesThatDoNotReturn_AreWorthLittle() => Assert.InRange(Forgetful().ReuseChance, 0, 0.05);

    /// <summary>The affinity's own page is busy. Booting one elsewhere takes 250 ms, and would evict the page of another affinity.</summary>
    [Theory]
    [InlineData(true, "own")]
    [InlineData(false, "other")]
    public void Choose_OwnPageIsBusyAndTheOtherServerIsFull_WaitsOnlyIfEvictedPagesAreMissed(bool returns, string expected)
    {
        var own = Server("own", "mine") with { Record = Server("own").Record with { Free = 0, Queue = 10 } };
        var servers = new[] { own, Server("other", "a", "b", "c", "d") };
        var view = new FleetView(null, servers, []) { Ready = new(servers, returns ? null : Forgetful()) };
        Assert.Equal(expected, new RoutingPolicy(new()).Choose(view, new(), "mine", _ => false)!.Record.Name);
    }

    // An index that rendered a thousand affinities once each.
    private static ServerIndex Forgetful()
    {
        ServerIndex? index = null;
        for (var i = 0; i < 2_000; i++)
        {
            index = new([Server("other", $"once-{i}")], index);
        }

        return index!;
    }

    private static LiveServer Server(string name, params string[] warm) => new(
        new ServerRecord
        {
            Incarnation = name, Name = name, Url = $"http://{name}", State = ServerState.Ready, Version = 1, Slots = 4, Free = 4, RecentRenderMs = 100, RecentBootMs = 250,
        },
        warm.ToHashSet(),
        0);
}
