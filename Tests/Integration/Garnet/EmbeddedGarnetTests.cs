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
