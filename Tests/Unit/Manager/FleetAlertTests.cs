using Fleet.Contracts;
using Fleet.Manager.Health;
using Fleet.Manager.Servers;
using Fleet.Manager.Telemetry;
using Fleet.Tests.Time;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.Tests.Manager;

/// <summary>The banner of the fleet page.</summary>
public sealed class FleetAlertTests
{
    private static readonly DateTimeOffset s_now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly FleetHealth s_healthy = new(HealthStatus.Healthy, FleetTrouble.None, "");

    private readonly VirtualTimeProvider _clock = new();

    public static TheoryData<string, string[]> Situations => new()
    {
        { "healthy", [] },
        { "empty", ["no_servers!"] },
        { "redis away", ["registry_away!"] },
        { "draining manager", ["manager_draining!"] },
        { "one silent", ["server_unhealthy one"] },
        { "silent and draining", [] },
        { "lost", ["server_lost two"] },
        { "short queue", [] },
        { "long queue that shrinks", [] },
        { "long queue that grows", ["queue_growing"] },
        { "full queue", ["overloaded!"] },
        { "no queue allowed", [] },
        { "rejected", ["overloaded!"] },
        { "failing", ["renders_fail!"] },
        { "few failed", [] },
        { "failing because none is there", ["no_servers!"] },
        { "deploy", [] },
        { "stuck", ["deploy_stuck"] },
        { "much", ["overloaded!", "server_unhealthy one", "deploy_stuck"] },
    };

    [Theory]
    [MemberData(nameof(Situations))]
    public void Judge_Situation_NamesWhatIsWrong(string name, string[] expected)
    {
        var healthy = new FleetSituation(s_healthy, View(Server("one"), Server("two")), s_now) { Load = Load(0) };
        var stuck = new ShellConvergence(ShellPhase.Behind, s_now - FleetAlertRules.StuckAfter, new Dictionary<string, string>());
        var nothing = healthy with { Health = new(HealthStatus.Degraded, FleetTrouble.NoServers, "No prerender server is registered."), View = FleetView.Empty };
        var situation = name switch
        {
            "healthy" => healthy,
            "empty" => nothing,
            "redis away" => healthy with { Health = new(HealthStatus.Degraded, FleetTrouble.RegistryAway, "The registry cannot be read.") },
            "draining manager" => healthy with { Health = new(HealthStatus.Unhealthy, FleetTrouble.None, "Draining.") },
            "one silent" => healthy with { IsUnreachable = server => server.Name == "one" },
            "silent and draining" => healthy with { View = View(Server("one") with { State = ServerState.Draining }), IsUnreachable = _ => true },
            "lost" => healthy with { Lost = [new("two", "http://two", s_now)] },
            "short queue" => healthy with { Load = Load(8) },
            "long queue that shrinks" => healthy with { Load = Load(20), Recent = new(100, 0, 0, 30) },
            "long queue that grows" => healthy with { Load = Load(20), Recent = new(100, 0, 0, 10) },
            "full queue" => healthy with { Load = Load(20), MaxQueued = 20 },
            "no queue allowed" => healthy with { MaxQueued = 0 },
            "rejected" => healthy with { Recent = new(100, 60, 60, 0) },
            "failing" => healthy with { Recent = new(10, 6, 0, 0) },
            "few failed" => healthy with { Recent = new(9, 9, 0, 0) },
            "failing because none is there" => nothing with { Recent = new(100, 100, 0, 0) },
            "deploy" => healthy with { Convergence = stuck with { Since = s_now - FleetAlertRules.StuckAfter + TimeSpan.FromSeconds(1) } },
            "stuck" => healthy with { Convergence = stuck },
            "much" => healthy with { Convergence = stuck, IsUnreachable = server => server.Name == "one", Recent = new(100, 1, 1, 0) },
            _ => throw new ArgumentException(name),
        };
        var findings = FleetAlertRules.Judge(situation);
        Assert.Equal(expected, findings.Select(finding => $"{finding.Reason}{(finding.Severe ? "!" : "")} {finding.Server}".TrimEnd()));
        Assert.All(findings, finding => Assert.EndsWith(".", finding.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_StuckDeploy_NamesTheServersBehind()
    {
        var behind = Server("slow") with { ShellSlots = new() { Generation = 7, Current = 1, Behind = 1 } };
        var view = View(Server("one") with { ShellSlots = new() { Generation = 7, Current = 2 } }, behind, behind with { Name = "drains", State = ServerState.Draining }) with { Shell = new("t", 7, s_now, "realm") };
        var stuck = new ShellConvergence(ShellPhase.Behind, s_now - FleetAlertRules.StuckAfter, new Dictionary<string, string>());
        Assert.Equal("The deploy is stuck: slow has pages on an older host shell.", Assert.Single(FleetAlertRules.Judge(new(s_healthy, view, s_now) { Convergence = stuck })).Detail);
    }

    [Fact]
    public void Update_AlertThatStays_KeepsItsTime()
    {
        var alerts = new FleetAlerts();
        alerts.Update([new("a", false, "1"), new("server_lost", false, "x", "one")], s_now);
        alerts.Update([new("a", false, "2"), new("server_lost", false, "x", "two")], s_now.AddMinutes(1));
        Assert.Equal([("2", s_now), ("x", s_now.AddMinutes(1))], alerts.Current.Select(alert => (alert.Detail, alert.Since)));
        alerts.Update([], s_now.AddMinutes(2));
        alerts.Update([new("a", false, "3")], s_now.AddMinutes(3));
        Assert.Equal(s_now.AddMinutes(3), Assert.Single(alerts.Current).Since);
    }

    [Fact]
    public void Heartbeats_NoneArrives_IsLateUntilTheNext()
    {
        var heartbeats = new Heartbeats(_clock);
        heartbeats.Observe(View(Server("one")));
        _clock.Advance(Heartbeats.LateAfter);
        heartbeats.Observe(View(Server("one")));
        Assert.Empty(heartbeats.Late);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("one", Assert.Single(heartbeats.Late).Name);
        heartbeats.Observe(View(Server("one") with { Version = 2 }));
        Assert.Empty(heartbeats.Late);
    }

    [Fact]
    public void Heartbeats_ServerVanishes_IsLostUnlessItDrainedOrIsReplaced()
    {
        var heartbeats = new Heartbeats(_clock);
        heartbeats.Observe(View(Server("lost"), Server("drains") with { State = ServerState.Draining }, Server("restarts")));
        heartbeats.Observe(View(Server("restarts") with { Incarnation = "another" }));
        Assert.Equal("lost", Assert.Single(heartbeats.Lost).Name);
        Assert.Empty(heartbeats.Late);

        heartbeats.Observe(View(Server("restarts") with { Incarnation = "another" }, Server("lost") with { Incarnation = "again" }));
        Assert.Empty(heartbeats.Lost);

        heartbeats.Observe(FleetView.Empty);
        Assert.Equal(2, heartbeats.Lost.Count);
        _clock.Advance(Heartbeats.LostFor);
        Assert.Empty(heartbeats.Lost);
    }

    private static ManagerLoad Load(int queued) => new(queued, TimeSpan.FromSeconds(queued), TimeSpan.Zero, 8);

    private static FleetView View(params ServerRecord[] servers) => new(null, [.. servers.Select(server => new LiveServer(server, LiveServer.NothingWarm, 0))], []);

    private static ServerRecord Server(string name) => new() { Incarnation = name, Name = name, Url = "http://" + name, State = ServerState.Ready, Version = 1, Slots = 4, Free = 4 };
}
