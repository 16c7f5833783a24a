using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Fleet.Garnet;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Fleet.Tests.Garnet;

public sealed class EmbeddedGarnetTests
{
    private const int Connections = 20;
    private const int Updates = 1_000;

    // Every compare-and-set of the registry is such a script.
    private const string ReadModifyWrite = "local n = tonumber(redis.call('GET', KEYS[1]) or '0'); redis.call('SET', KEYS[1], n + 1); return n";

    [Fact]
    public async Task Eval_ReadModifyWriteOnManyConnections_LosesNoUpdate()
    {
        var port = FreePort.Take();
        await using var garnet = await StartAsync(port);

        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => UpdateAsync(port))));

        using var reader = await ConnectAsync(port);
        Assert.Equal(Connections * Updates, (int)await reader.GetDatabase().StringGetAsync("n"));
    }

    [Fact]
    public async Task Start_PortTaken_NamesThePort()
    {
        var port = FreePort.Take();
        await using var first = await StartAsync(port);

        var error = await Assert.ThrowsAsync<StartException>(() => StartAsync(port));

        Assert.StartsWith($"Garnet cannot listen on 127.0.0.1:{port}: ", error.Message, StringComparison.Ordinal);
    }

    // Boundary 3: other users of the machine can reach every port of 127.0.0.1.
    [Fact]
    public async Task Connect_WithoutThePasswordOrFromOutside_IsRefused()
    {
        var port = FreePort.Take();
        await using var garnet = await EmbeddedGarnet.StartAsync(
            new() { Port = port, Password = "the-password" }, TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},connectTimeout=2000,connectRetry=0"));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("PING\r\nGET a\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var answer = new byte[100];
        var length = await client.GetStream().ReadAsync(answer, TestContext.Current.CancellationToken);
        Assert.StartsWith("-NOAUTH", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
        Assert.All(
            IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == port), listener => Assert.Equal(IPAddress.Loopback, listener.Address));
    }

    private static Task<EmbeddedGarnet> StartAsync(int port) =>
        EmbeddedGarnet.StartAsync(new() { Port = port }, TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

    private static async Task UpdateAsync(int port)
    {
        using var connection = await ConnectAsync(port);
        for (var i = 0; i < Updates; i++)
        {
            await connection.GetDatabase().ScriptEvaluateAsync(ReadModifyWrite, ["n"]);
        }
    }

    private static Task<ConnectionMultiplexer> ConnectAsync(int port) =>
        ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},abortConnect=false,connectTimeout=20000,asyncTimeout=20000");
}
