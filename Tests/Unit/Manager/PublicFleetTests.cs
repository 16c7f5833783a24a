using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Dashboard;

namespace Fleet.Tests.Manager;

public sealed class PublicFleetTests
{
    private static readonly FleetStatus s_status = new()
    {
        Servers =
        [
            new(new()
            {
                Incarnation = "i0", Name = "prerender-0", Url = "http://secret-address:5301/", State = ServerState.Ready, Version = 1, Slots = 4, Free = 3,
                SlotStates = [new(1, "idle") { Affinity = "realm:http://h/a/#secret-scope" }, new(2, "leased") { Affinity = "user:secret-user" }],
                NoPaint = new(RouteLearningState.Off) { Reason = "secret-route: differs", RoutesOff = 1 },
                SoftNavigation = new(RouteLearningState.On) { Reason = "secret-route: differs", RoutesOn = 2 },
            }, ["realm:http://h/a/#secret-scope", "realm:http://h/a/", "user:secret-user"], 1),
        ],
        Realms = [new("http://h/a/", "A")],
        AllowedOrigins = ["http://secret-origin"],
        AllowedOriginCount = 1,
        Alerts = [new("server_lost", "prerender-1 is gone.", DateTimeOffset.UnixEpoch, false) { Server = "prerender-1", Address = "http://secret-address:5302/" }],
    };

    [Fact]
    public void Of_AddressesOriginsAndPrincipals_AreLeftOut() =>
        Assert.DoesNotContain("secret", JsonSerializer.Serialize(PublicFleet.Of(s_status), FleetJson.Options), StringComparison.Ordinal);

    [Fact]
    public void Of_NamesAndCounts_Stay()
    {
        var seen = PublicFleet.Of(s_status);
        var server = Assert.Single(seen.Servers);
        Assert.Equal(("i0", "prerender-0", 4, 3, 1), (server.Record.Incarnation, server.Record.Name, server.Record.Slots, server.Record.Free, server.InFlight));
        Assert.Equal(["realm:http://h/a/"], server.Warm);
        Assert.Equal(["realm:http://h/a/", null], server.Record.SlotStates.Select(slot => slot.Affinity));
        Assert.Equal((1, 2), (server.Record.NoPaint!.RoutesOff, server.Record.SoftNavigation!.RoutesOn));
        Assert.Equal((1, "A", "prerender-1"), (seen.AllowedOriginCount, seen.Realms[0].Name, seen.Alerts[0].Server));
    }
}
