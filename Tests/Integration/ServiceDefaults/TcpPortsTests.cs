using System.Net;
using System.Net.Sockets;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Ports;

namespace Fleet.Tests.ServiceDefaults;

public sealed class TcpPortsTests
{
    [Fact]
    public void Allocate_AllZero_GivesDifferentFreePorts()
    {
        var ports = TcpPorts.Allocate([.. Enumerable.Range(0, 20).Select(i => new PortRequest($"r{i}", "S", 0))]);

        Assert.Equal(20, ports.Values.Distinct().Count());
        // A port that the system gives to outgoing connections could be taken before the resource listens.
        Assert.All(ports.Values, port => Assert.InRange(port, 1, 32_767));
    }

    [Fact]
    public void Allocate_TakenPort_NamesPortResourceAndSetting()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var error = Assert.Throws<StartException>(() => TcpPorts.Allocate([new("realm", "Fleet:Ports:Realm", port)]));

        Assert.StartsWith($"Port {port} of realm is taken. Free it, or set Fleet:Ports:Realm", error.Message, StringComparison.Ordinal);
    }
}
