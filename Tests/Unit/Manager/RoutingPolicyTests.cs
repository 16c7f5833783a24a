using Fleet.Contracts;
using Fleet.Manager.Routing;
using Fleet.Manager.Servers;

namespace Fleet.Tests.Manager;

/// <summary>On every server a render takes 100 ms and a boot 250 ms, unless a test sets other values.</summary>
public sealed class RoutingPolicyTests
{
    private const string Affinity = "realm:http://127.0.0.1:5100/elements/";
    private readonly Reservations _reservations = new();
    private readonly RoutingPolicy _policy = new(new());

    [Fact]
    public void Choose_NoServers_Null() => Assert.Null(Choose());

    [Theory]
    [InlineData(ServerState.Warming)]
    [InlineData(ServerState.Draining)]
    public void Choose_ServerNotReady_Null(ServerState state) => Assert.Null(Choose(Server("a") with { State = state }));

    [Fact]
    public void Choose_ReadyServerWithoutSlots_Null() => Assert.Null(Choose(Server("a") with { Slots = 0, Free = 0 }));

    [Fact]
    public void Choose_Excluded_IsTheOtherServer()
    {
        Assert.Equal("b", Choose(["a"], Warm("a"), Cold("b")));
        Assert.Null(Choose(["a", "b"], Warm("a"), Cold("b")));
    }

    [Fact]
    public void Choose_WarmIdleAndColdIdle_Warm() => Assert.Equal("warm", Choose([], Cold("cold"), Warm("warm"), Cold("other")));

    [Fact]
    public void Choose_WarmForAnotherAffinity_IsCold()
    {
        var other = new LiveServer(Server("other"), Warmth("user:http://127.0.0.1:5100/elements/"), 0);
        Assert.Equal("warm", Choose([], other, Warm("warm")));
    }

    [Fact]
    public void Choose_WarmBusyAndWaitingCheaperThanBooting_Warm() => Assert.Equal("warm", Choose([], Cold("cold"), Warm("warm", busy: 2)));

    [Fact]
    public void Choose_WarmBusyAndWaitingDearerThanBooting_Cold() => Assert.Equal("cold", Choose([], Cold("cold"), Warm("warm", busy: 2, queue: 6)));

    [Fact]
    public void Choose_WarmBusyWithSpareCapacity_StaysWarm() => Assert.Equal("warm", Choose([], Cold("cold"), Warm("warm", busy: 1)));

    [Fact]
    public void Choose_TwoWarm_TheIdlerOne() => Assert.Equal("idle", Choose([], Warm("busy", busy: 2), Warm("idle")));

    [Fact]
    public void Choose_AllBusy_WarmBusyBeforeColdBusy() => Assert.Equal("warm", Choose([], Cold("cold", busy: 2), Warm("warm", busy: 2)));

    [Fact]
    public void Choose_TwoCold_TheIdlerOneWhenItMatters() => Assert.Equal("idle", Choose([], Cold("busy", busy: 2, queue: 4), Cold("idle")));

    /// <summary>A boot during the start of the machine took 4 s, and no page was booted there since.</summary>
    [Theory]
    [InlineData(10, "busy")]
    [InlineData(61, "idle")]
    public void Choose_IdleServerWhoseSlowBootIsLongAgo_IsTriedAgain(int bootAgeSeconds, string expected)
    {
        var idle = Server("idle") with { RecentBootMs = 4_000, BootAgeSeconds = bootAgeSeconds };
        var busy = Server("busy", busy: 1) with { RecentBootMs = 1_000, BootAgeSeconds = 1 };
        Assert.Equal(expected, Choose([], new LiveServer(idle, LiveServer.NothingWarm, 0), new LiveServer(busy, Warmth("realm:other"), 0)));
    }

    /// <summary>No server has booted a page lately, so only old measurements are known.</summary>
    [Fact]
    public void Choose_AllBootsAreLongAgo_TheFasterOne()
    {
        LiveServer Old(string name, double bootMs) => new(Server(name) with { RecentBootMs = bootMs, BootAgeSeconds = 900 }, LiveServer.NothingWarm, 0);
        Assert.Equal("fast", Choose([], Old("slow", 4_000), Old("fast", 250)));
    }

    [Fact]
    public void Choose_SlowServer_LosesToAFastOneWithMoreWork()
    {
        var slow = Warm("slow", busy: 1) with { Record = Server("slow", busy: 1) with { RecentRenderMs = 5000 } };
        Assert.Equal("fast", Choose([], slow, Warm("fast", busy: 2)));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    public void Choose_ImpossibleMeasurement_CountsAsUnmeasured(double nonsense)
    {
        var odd = Warm("odd", busy: 2) with { Record = Server("odd", busy: 2) with { RecentRenderMs = nonsense, RecentBootMs = nonsense } };
        Assert.Equal("idle", Choose([], odd, Warm("idle")));
    }

    [Fact]
    public void Choose_OwnReservations_CountBeforeTheServerReportsThem()
    {
        LiveServer[] servers = [Warm("a"), Warm("b")];
        var chosen = Enumerable.Range(0, 8).Select(_ => Reserve(servers)).ToList();
        Assert.Equal(4, chosen.Count(name => name == "a"));
        Assert.Equal(4, chosen.Count(name => name == "b"));
    }

    [Fact]
    public void Choose_OwnReservationsInTheReport_AreNotCountedTwice()
    {
        for (var i = 0; i < 4; i++)
        {
            _reservations.TryReserve("user:another", () => Warm("a"));
        }

        // On each server two renders run and two wait. Those on a are this manager's own, and already counted as reservations.
        var a = Warm("a", busy: 2, queue: 2) with { OwnWhenSeen = 4 };
        var b = Warm("b", busy: 2, queue: 3);
        Assert.Equal("a", Choose([], a, b));
        Assert.Equal(0, a.WorkOfOthers);
    }

    [Fact]
    public void Choose_AffinityJustSentToAColdServer_FollowsIt()
    {
        var first = Reserve(Cold("a"), Cold("b"))!;
        Assert.Equal(first, Choose([], Cold("a"), Cold("b")));
    }

    [Fact]
    public void Choose_ColdTie_EveryManagerAgrees()
    {
        LiveServer[] servers = [Cold("a"), Cold("b"), Cold("c")];
        Assert.Equal(Choose([], servers), Choose([], [.. servers.Reverse()]));
    }

    [Fact]
    public void Choose_ColdTiesOfManyAffinities_SpreadOverTheServers()
    {
        LiveServer[] servers = [Cold("prerender-0"), Cold("prerender-1"), Cold("prerender-2"), Cold("prerender-3")];
        var counts = Enumerable.Range(0, 4000)
            .CountBy(i => _policy.Choose(View(servers), _reservations, $"realm:http://127.0.0.1:5100/r{i}/", _ => false)!.Record.Name);
        Assert.All(counts, count => Assert.InRange(count.Value, 800, 1200));
    }

    [Fact]
    public void Choose_ServerLeaves_MovesOnlyItsOwnAffinities()
    {
        LiveServer[] all = [Cold("a"), Cold("b"), Cold("c")];
        for (var i = 0; i < 300; i++)
        {
            var affinity = $"user:{i}";
            var before = _policy.Choose(View(all), _reservations, affinity, _ => false)!.Record.Name;
            var after = _policy.Choose(View(all), _reservations, affinity, server => server.Incarnation == "c")!.Record.Name;
            Assert.True(before == "c" || before == after, $"{affinity} moved from {before} to {after} although c left.");
        }
    }

    [Fact]
    public void Dispose_ReservationTwice_RemovesItOnce()
    {
        var reservation = _reservations.TryReserve(Affinity, () => Cold("a"))!;
        Assert.Equal((1, 1), (_reservations.On("a"), _reservations.On("a", Affinity)));
        reservation.Dispose();
        reservation.Dispose();
        Assert.Equal((0, 0), (_reservations.On("a"), _reservations.On("a", Affinity)));
    }

    // Replicas of one service often share the name that the environment gives them.
    [Fact]
    public void Choose_ReplicasOfOneName_ShareTheAffinitiesAndKeepThemThroughARestart()
    {
        LiveServer[] replicas = [.. Enumerable.Range(0, 4).Select(i => Replica(i, $"first-{i}"))];
        LiveServer[] restarted = [.. Enumerable.Range(0, 4).Select(i => Replica(i, $"second-{3 - i}"))];
        var places = Enumerable.Range(0, 400).Select(i => (Before: UrlOf(replicas, i), After: UrlOf(restarted, i))).ToList();
        Assert.All(places.CountBy(place => place.Before), replica => Assert.InRange(replica.Value, 60, 140));
        Assert.All(places, place => Assert.Equal(place.Before, place.After));

        static LiveServer Replica(int i, string incarnation) => new(Server("prerender") with { Incarnation = incarnation, Url = $"http://10.0.0.{i}:8080" }, LiveServer.NothingWarm, 0);
        string UrlOf(LiveServer[] servers, int i) => _policy.Choose(View(servers), _reservations, $"user:{i}", _ => false)!.Record.Url;
    }

    private string? Choose(params ServerRecord[] servers) => Choose([], [.. servers.Select(server => new LiveServer(server, LiveServer.NothingWarm, 0))]);

    private string? Choose(string[] excluded, params LiveServer[] servers) =>
        _policy.Choose(View(servers), _reservations, Affinity, server => excluded.Contains(server.Incarnation))?.Record.Name;

    private string? Reserve(params LiveServer[] servers) => _reservations
        .TryReserve(Affinity, () => _policy.Choose(View(servers), _reservations, Affinity, _ => false))?.Server.Record.Name;

    private static FleetView View(params LiveServer[] servers) => new(null, servers, []);

    private static LiveServer Cold(string name, int busy = 0, int queue = 0) => new(Server(name, busy, queue), LiveServer.NothingWarm, 0);

    private static LiveServer Warm(string name, int busy = 0, int queue = 0) => new(Server(name, busy, queue), Warmth(Affinity), 0);

    private static HashSet<string> Warmth(string affinity) => [affinity];

    private static ServerRecord Server(string name, int busy = 0, int queue = 0) => new()
    {
        Incarnation = name,
        Name = name,
        Url = "http://127.0.0.1:1",
        State = ServerState.Ready,
        Version = 1,
        Slots = 2,
        Free = 2 - busy,
        Queue = queue,
        RecentRenderMs = 100,
        RecentBootMs = 250,
    };
}
