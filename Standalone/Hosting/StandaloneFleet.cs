using System.Security.Cryptography;
using Fleet.Garnet;
using Fleet.Manager;
using Fleet.PrerenderServer;
using Fleet.RealmServer;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Ports;
using Fleet.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Fleet.Standalone.Hosting;

/// <summary>Realm server, manager, one prerender server and Garnet in this process.</summary>
internal sealed partial class StandaloneFleet : IAsyncDisposable
{
    private static readonly TimeSpan s_storeTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_readyTimeout = TimeSpan.FromSeconds(60);

    private readonly List<StandaloneService> _services = [];
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private EmbeddedGarnet? _garnet;

    private StandaloneFleet(StandaloneSettings settings, StandaloneAddresses addresses)
    {
        Addresses = addresses;
        var logging = new ConfigurationBuilder()
            .AddInMemoryCollection(ServiceArguments.Logging(ServiceArguments.Garnet, settings)!)
            .AddInMemoryCollection(settings.Settings!)
            .Build();
        HostSettings.Check(logging);
        _loggers = LoggerFactory.Create(builder => builder.AddConfiguration(logging.GetSection("Logging")).AddFleetConsole(logging));
        _logger = _loggers.CreateLogger<StandaloneFleet>();
    }

    /// <summary>Where the services listen.</summary>
    public StandaloneAddresses Addresses { get; }

    /// <summary>The admin key.</summary>
    public AdminKey AdminKey { get; private set; } = AdminKey.Generate();

    /// <summary>Completes with the name of the first service that stops by itself.</summary>
    public Task<string> PartStopped { get; private set; } = new TaskCompletionSource<string>().Task;

    /// <summary>Starts all services and returns once they are ready.</summary>
    /// <exception cref="StartException">A service cannot start; nothing is left running.</exception>
    public static async Task<StandaloneFleet> StartAsync(StandaloneSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var ports = TcpPorts.Allocate(
        [
            new("the realm server", "--port", settings.Port),
            new("the manager", "--manager-port", settings.ManagerPort),
            new(ServiceArguments.Prerender, "", 0),
            new(ServiceArguments.Garnet, "", 0),
        ]);
        var fleet = new StandaloneFleet(
            settings, new(Loopback(ports["the realm server"]), Loopback(ports["the manager"]), Loopback(ports[ServiceArguments.Prerender])));
        try
        {
            await fleet.StartAsync(settings, ports[ServiceArguments.Garnet], time, cancellationToken);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the manager, which rejects new renders and lets those in progress finish, then the prerender server, then the realm server that it
    /// loads pages from, then the store.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.OrderBy(service => service.Name switch { ServiceArguments.Manager => 0, ServiceArguments.Prerender => 1, _ => 2 }))
        {
            try
            {
                await service.StopAsync(CancellationToken.None);
            }
            catch (Exception e)
            {
                // The other services must still stop, above all the store, which has data to write.
                LogStopFailed(e, service.Name);
            }
        }

        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        _services.Clear();
        if (_garnet is { } garnet)
        {
            await garnet.DisposeAsync();
        }

        _loggers.Dispose();
    }

    private static Uri Loopback(int port) => new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri;

    private async Task StartAsync(StandaloneSettings settings, int redisPort, TimeProvider time, CancellationToken cancellationToken)
    {
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var startedAt = time.GetTimestamp();
        _garnet = await StartGarnetAsync(new() { Port = redisPort, Password = password, DataFolder = settings.DataFolder }, time, cancellationToken);
        LogReady(ServiceArguments.Garnet, time.GetElapsedTime(startedAt).TotalSeconds);
        // Standard input may wait for a key without end, and the wait has no other end than the stop of the program.
        AdminKey = await Task.Run(() => AdminKey.Open(settings.AdminKeyFile, new ConfigurationBuilder().AddEnvironmentVariables().Build(), settings.DataFolder), cancellationToken).WaitAsync(cancellationToken);
        var redis = $"127.0.0.1:{redisPort},password={password}";

        // Before any starts: a start that is cancelled because of another service's wrong setting is logged as a failure of its own, before the sentence that names the setting.
        var services = await BuildAsync(
        [
            (ServiceArguments.Realm, RealmServerApp.Build),
            (ServiceArguments.Manager, ManagerApp.Build),
            (ServiceArguments.Prerender, PrerenderServerApp.Build),
        ], name => ServiceArguments.For(name, settings, Addresses, redis, AdminKey.Value), new(_garnet));
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
        // The first failure cancels the start of the others, which would otherwise wait for the failed service until they time out.
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // In parallel, since most of the time is the start of the browser; the realm server is up long before the browser requests its first page.
        await Task.WhenAll(services.Select(service => Task.Run(async () =>
        {
            try
            {
                await StartAsync(service, failed.Token);
                await service.WaitUntilReadyAsync(client, Addresses.Of(service.Name), s_readyTimeout, time, failed.Token);
                LogReady(service.Name, time.GetElapsedTime(startedAt).TotalSeconds);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                await failed.CancelAsync();
                throw;
            }
        }, CancellationToken.None)));
        PartStopped = FirstToStopAsync(_garnet);
    }

    private async Task StartAsync(StandaloneService service, CancellationToken cancellationToken)
    {
        try
        {
            await service.StartAsync(cancellationToken);
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }

        lock (_services)
        {
            _services.Add(service);
        }
    }

    // Building a service blocks its thread.
    private static async Task<StandaloneService[]> BuildAsync(
        IEnumerable<(string Name, Func<string[], Action<WebApplicationBuilder>, WebApplication> Build)> parts, Func<string, string[]> argumentsOf, StoreHealth store)
    {
        var building = parts.Select(part => Task.Run(() => StandaloneService.BuildAsync(part.Name, part.Build, argumentsOf(part.Name), store))).ToList();
        try
        {
            return await Task.WhenAll(building);
        }
        catch
        {
            foreach (var built in building.Where(static task => task.IsCompletedSuccessfully))
            {
                await (await built).DisposeAsync();
            }

            throw;
        }
    }

    // Garnet blocks the thread that starts it until it has read its log.
    private async Task<EmbeddedGarnet> StartGarnetAsync(EmbeddedGarnetOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = Task.Run(() => EmbeddedGarnet.StartAsync(options, time, _loggers, cancellationToken), cancellationToken);
        try
        {
            return await start.WaitAsync(s_storeTimeout, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new StartException($"The store did not start within {s_storeTimeout.TotalMinutes:0} minutes.", e);
        }
    }

    private async Task<string> FirstToStopAsync(EmbeddedGarnet garnet)
    {
        var parts = _services.ToDictionary(service => service.Stopping, service => service.Name);
        parts.Add(garnet.Completion, ServiceArguments.Garnet);
        return parts[await Task.WhenAny(parts.Keys)];
    }

    [LoggerMessage(LogLevel.Information, "The {Part} is ready after {Seconds:0.00} s.")]
    private partial void LogReady(string part, double seconds);

    [LoggerMessage(LogLevel.Error, "The service '{Service}' did not stop cleanly.")]
    private partial void LogStopFailed(Exception exception, string service);
}
