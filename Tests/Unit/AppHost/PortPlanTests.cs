using Fleet.AppHost.Settings;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;

namespace Fleet.Tests.AppHost;

public sealed class PortPlanTests
{
    [Fact]
    public void Create_Defaults_GivesTheDocumentedPorts() =>
        Assert.Equal(
            [("redis", 5379), ("realm", 5100), ("manager", 5200), ("prerender-0", 5301), ("prerender-1", 5302)],
            PortPlan.Create(new FleetOptions(), ownRedis: true).Select(w => (w.Resource, w.Port)));

    [Fact]
    public void Create_RedisElsewhere_ReservesNoPortForIt() =>
        Assert.DoesNotContain(PortPlan.Create(new FleetOptions(), ownRedis: false), w => w.Resource == "redis");

    [Fact]
    public void Create_ZeroForPrerender_TakesAnyFreePortForEach() =>
        Assert.All(
            PortPlan.Create(new FleetOptions { PrerenderServers = 3, Ports = new() { Prerender = 0 } }, ownRedis: true).TakeLast(3),
            w => Assert.Equal(0, w.Port));

    [Fact]
    public void Create_TwoResourcesOnOnePort_NamesBothAndTheirSettings()
    {
        var options = new FleetOptions { Ports = new() { Manager = 5302 } };

        var error = Assert.Throws<StartException>(() => PortPlan.Create(options, ownRedis: true));

        Assert.Equal(
            "Port 5302 is given to both manager (Fleet:Ports:Manager) and prerender-1 (Fleet:Ports:Prerender). Set another; 0 means any free one.",
            error.Message);
    }

    [Fact]
    public void Create_LastServerBeyondTheLastPort_NamesSettingAndNumber()
    {
        var options = new FleetOptions { PrerenderServers = 3, Ports = new() { Prerender = 65534 } };

        var error = Assert.Throws<StartException>(() => PortPlan.Create(options, ownRedis: true));

        Assert.Contains("Fleet:Ports:Prerender is 65534", error.Message, StringComparison.Ordinal);
        Assert.Contains("prerender-2 port 65536", error.Message, StringComparison.Ordinal);
    }
}
