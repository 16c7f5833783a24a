using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Fleet.Bench.Serving;

/// <summary>A redis-server of the bench's own, which writes nothing to disk.</summary>
internal sealed class BenchRedis : IDisposable
{
    private readonly Process _server;

    private BenchRedis(Process server, int port) => (_server, Port) = (server, port);

    public int Port { get; }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public static async Task<BenchRedis> StartAsync()
    {
        var port = FreePort();
        var server = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        {
            RedirectStandardOutput = true,
        })!;
        server.OutputDataReceived += static (_, _) => { };
        server.BeginOutputReadLine();
        var redis = new BenchRedis(server, port);
        using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",abortConnect=false,connectRetry=10,connectTimeout=2000");
        await connection.GetDatabase().PingAsync();
        return redis;
    }

    /// <summary>Bytes that it holds for keys and values.</summary>
    public async Task<long> UsedMemoryAsync()
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(ConnectionString + ",allowAdmin=true");
        var memory = await connection.GetServer("127.0.0.1", Port).InfoAsync("memory");
        return long.Parse(memory.SelectMany(section => section).First(pair => pair.Key == "used_memory_dataset").Value, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
