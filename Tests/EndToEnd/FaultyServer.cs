using System.Net;
using System.Net.Sockets;
using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Servers;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Fleet.Tests.EndToEnd;

/// <summary>Registers as a prerender server with free slots and a heartbeat, but does not render. It has the fleet's key, since records without it are ignored.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(20);
    private readonly string _incarnation = Guid.NewGuid().ToString("N");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ServiceProvider _services;
    private readonly Func<Stream, int, CancellationToken, Task> _answer;
    private readonly List<Task> _running = [];
    private int _requests;

    private FaultyServer(ServiceProvider services, Func<Stream, int, CancellationToken, Task> answer) => (_services, _answer) = (services, answer);

    /// <summary>Number of connections with a request.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <param name="redisPort">The registry.</param>
    /// <param name="answer">Handles a connection once it has a request; the number counts connections.</param>
    public static async Task<FaultyServer> StartAsync(int redisPort, Func<Stream, int, CancellationToken, Task> answer)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{redisPort},abortConnect=false").WaitAsync(s_connectLimit);
        var services = new ServiceCollection().AddLogging().AddSingleton<IConnectionMultiplexer>(connection).AddFleetRegistry()
            .Configure<FleetOptions>(options => options.AdminKey = FleetFixture.AdminKey).BuildServiceProvider();
        var server = new FaultyServer(services, answer);
        server._listener.Start();
        server._running.Add(server.HeartbeatAsync());
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

    private async Task HeartbeatAsync()
    {
        for (var version = 1; !_end.IsCancellationRequested; version++)
        {
            await Registry.AnnounceAsync(
                new ServerRecord
                {
                    Incarnation = _incarnation,
                    Name = "faulty",
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
                    await _answer(stream, Interlocked.Increment(ref _requests), _end.Token);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client has disconnected, or the test is over.
            }
        }
    }
}
