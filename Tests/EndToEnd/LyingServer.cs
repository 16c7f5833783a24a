using System.Net;
using System.Net.Sockets;
using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Servers;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Fleet.Tests.EndToEnd;

/// <summary>Something that is registered as a prerender server, with all slots free and its heart beating, and is none. It has the fleet's key: the records of any other are ignored.</summary>
internal sealed class LyingServer : IAsyncDisposable
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(20);
    private readonly string _incarnation = Guid.NewGuid().ToString("N");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ServiceProvider _services;
    private readonly Func<Stream, int, CancellationToken, Task> _answer;
    private readonly List<Task> _running = [];
    private int _asked;

    private LyingServer(ServiceProvider services, Func<Stream, int, CancellationToken, Task> answer) => (_services, _answer) = (services, answer);

    /// <summary>Connections on which it was asked for something.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <param name="redisPort">The registry.</param>
    /// <param name="answer">What it does on a connection once it is asked; the number counts connections.</param>
    public static async Task<LyingServer> StartAsync(int redisPort, Func<Stream, int, CancellationToken, Task> answer)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{redisPort},abortConnect=false").WaitAsync(s_connectLimit);
        var services = new ServiceCollection().AddLogging().AddSingleton<IConnectionMultiplexer>(connection).AddFleetRegistry()
            .Configure<FleetOptions>(options => options.AdminKey = FleetFixture.AdminKey).BuildServiceProvider();
        var server = new LyingServer(services, answer);
        server._listener.Start();
        server._running.Add(server.BeatAsync());
        server._running.Add(server.AcceptAsync());
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Registry.RemoveAsync(_incarnation, CancellationToken.None);
        await _services.DisposeAsync();
        _end.Dispose();
    }

    private IServerRegistry Registry => _services.GetRequiredService<IServerRegistry>();

    private async Task BeatAsync()
    {
        for (var version = 1; !_end.IsCancellationRequested; version++)
        {
            await Registry.AnnounceAsync(
                new ServerRecord
                {
                    Incarnation = _incarnation,
                    Name = "liar",
                    Url = $"http://{_listener.LocalEndpoint}",
                    State = ServerState.Ready,
                    Version = version,
                    Slots = 4,
                    Free = 4,
                    RecentRenderMs = 1,
                    RecentBootMs = 1,
                },
                _end.Token);
            await Task.Delay(RegistryTtl.Repeat, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        while (!_end.IsCancellationRequested)
        {
            try
            {
                connections.Add(LieAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }

        await Task.WhenAll(connections);
    }

    private async Task LieAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                if (await stream.ReadAsync(new byte[64 * 1024], _end.Token) > 0)
                {
                    await _answer(stream, Interlocked.Increment(ref _asked), _end.Token);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // Whoever asked has gone, or the test is over.
            }
        }
    }
}
