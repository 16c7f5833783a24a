using System.Security.Cryptography;
using Fleet.AppHost.Output;
using Fleet.ServiceDefaults;

namespace Fleet.AppHost.Local;

/// <summary>The fleet as processes of this machine: Redis, realm server, manager and prerender servers, started when what they need is
/// ready and stopped in the opposite order.</summary>
internal sealed class LocalFleet : IRunningFleet
{
    private static readonly TimeSpan s_redisPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_servicePatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_browserPatience = TimeSpan.FromSeconds(120);

    // Longer than a service with the default settings gives its own shutdown. Who has it drain for longer is cut off here: whoever pressed Ctrl-C waits.
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(28);

    private readonly LocalFleetOptions _options;
    private readonly IFleetOutput _output;
    private readonly TimeProvider _time;
    private readonly OrphanGuard _guard = OrphanGuard.Start();
    private readonly Restarts _restarts;
    // All of it is on this machine; a proxy of the environment cannot know it.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly HealthGate _gate;
    private readonly List<LocalProcess> _started = [];
    private bool _disposed;

    private LocalFleet(LocalFleetOptions options, IFleetOutput output, TimeProvider time)
    {
        (_options, _output, _time) = (options, output, time);
        _restarts = new Restarts(output, time);
        _gate = new HealthGate(_client, output, time);

        var ports = FreePorts.Take(PortPlan.Create(options.Fleet, ownRedis: options.RedisConnection is null));
        RedisPort = ports.TryGetValue(ResourceNames.Redis, out var port) ? port : null;
        Topology = Topology.Create(
            ports,
            options.Fleet.PrerenderServers,
            options.RedisConnection ?? $"127.0.0.1:{RedisPort}",
            options.Fleet.AdminKey ?? RandomNumberGenerator.GetHexString(32, lowercase: true),
            options.Settings);
        Topology = options.HostAddress is { } host ? Topology with { Host = host } : Topology;
    }

    /// <summary>What runs where.</summary>
    public Topology Topology { get; }

    public IReadOnlyDictionary<string, int> ProcessIds => _started.ToDictionary(process => process.Name, process => process.Id);

    /// <summary>Port of the fleet's own Redis; null when it uses another.</summary>
    public int? RedisPort { get; }

    /// <summary>The processes in start order.</summary>
    public IReadOnlyList<LocalProcess> Processes => _started;

    /// <summary>One process by its name.</summary>
    public LocalProcess this[string resource] => _started.Find(p => p.Name == resource)
        ?? throw new ArgumentException($"No process is named '{resource}'. There are: {string.Join(", ", _started.Select(p => p.Name))}.", nameof(resource));

    /// <summary>Starts everything, each part when those it needs are healthy.</summary>
    /// <exception cref="StartException">Something cannot start; nothing is left running.</exception>
    public static async Task<LocalFleet> StartAsync(
        LocalFleetOptions options, IFleetOutput output, TimeProvider time, CancellationToken cancellationToken)
    {
        var fleet = new LocalFleet(options, output, time);
        try
        {
            await fleet.StartAllAsync(cancellationToken).ConfigureAwait(false);
            return fleet;
        }
        catch
        {
            // What did start stops in order, unless somebody is in a hurry.
            await fleet.StopAsync(cancellationToken).ConfigureAwait(false);
            await fleet.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts another realm server beside the first, on a free port, and waits until it is healthy.</summary>
    /// <param name="name">Its name: <c>realm-1</c>.</param>
    /// <param name="settings">Settings of its own, which win over the fleet's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its address.</returns>
    public async Task<Uri> AddRealmServerAsync(string name, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var address = new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", FreePorts.Take([new PortWish(name, "Fleet:Ports:Realm", 0)])[name]).Uri;
        var own = Topology with { Realm = address, Settings = new Dictionary<string, string>(Topology.Settings.Concat(settings).GroupBy(s => s.Key).Select(g => g.Last())) };
        var launch = Launch.Service(ResourceNames.Realm, "Fleet.RealmServer", own);
        var environment = new Dictionary<string, string>(launch.Environment, StringComparer.OrdinalIgnoreCase) { ["OTEL_SERVICE_NAME"] = name };
        var process = Start(launch with { Resource = name, Environment = environment });
        await _gate.WaitAsync(process, new Uri(address, "health"), s_servicePatience, cancellationToken).ConfigureAwait(false);
        return address;
    }

    /// <summary>Waits until a service is healthy (again).</summary>
    public Task WaitUntilHealthyAsync(string service, CancellationToken cancellationToken) =>
        _gate.WaitAsync(this[service], new Uri(Topology.AddressOf(service), "health"), s_browserPatience, cancellationToken);

    /// <summary>Waits until the fleet's own Redis answers (again).</summary>
    public Task WaitUntilRedisAnswersAsync(CancellationToken cancellationToken) =>
        _gate.WaitAsync(
            this[ResourceNames.Redis], $"PONG from 127.0.0.1:{RedisPort}", token => RedisServer.PingAsync(RedisPort!.Value, token), s_redisPatience, cancellationToken);

    /// <summary>Drains and stops: first the manager, so that its renders finish on servers that still run and no new ones come; then the
    /// servers, the realm server that their pages load from, and Redis. A cancelled token kills instead of waiting.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _restarts.DisposeAsync().ConfigureAwait(false);
        foreach (var group in _started.GroupBy(p => StopOrder(p.Name)).OrderBy(g => g.Key))
        {
            await Task.WhenAll(group.Select(p => p.StopAsync(s_stopPatience, cancellationToken))).ConfigureAwait(false);
        }
    }

    /// <summary>Kills what is still running.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        foreach (var process in _started)
        {
            await process.DisposeAsync().ConfigureAwait(false);
        }

        await _guard.DisposeAsync().ConfigureAwait(false);
        _client.Dispose();
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        if (RedisPort is { } redisPort)
        {
            Start(RedisServer.Launch(_options.RedisServer!, redisPort));
            await WaitUntilRedisAnswersAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await RedisProbe.CheckAsync(_options.RedisConnection!).WaitAsync(s_redisPatience, _time, cancellationToken).ConfigureAwait(false);
        }

        await StartServiceAsync(ResourceNames.Realm, "Fleet.RealmServer", "health", s_servicePatience, cancellationToken).ConfigureAwait(false);
        // The manager is alive before it has a server to send to, and the servers are ready only when they could register.
        await StartServiceAsync(ResourceNames.Manager, "Fleet.Manager", "alive", s_servicePatience, cancellationToken).ConfigureAwait(false);

        var servers = Enumerable.Range(0, Topology.Prerender.Count).Select(i =>
            StartServiceAsync(ResourceNames.Prerender(i), "Fleet.PrerenderServer", "health", s_browserPatience, cancellationToken));
        await Task.WhenAll(servers).ConfigureAwait(false);
        await WaitUntilHealthyAsync(ResourceNames.Manager, cancellationToken).ConfigureAwait(false);

        // What ends from here on is started again; what ended since its own gate is an error of the start.
        if (_options.RestartEnded)
        {
            _started.ForEach(process => process.EndedUnasked = _restarts.Ended);
        }

        if (_started.Find(process => !process.IsRunning) is { } ended)
        {
            throw HealthGate.Ended(ended, await ended.Exit.ConfigureAwait(false));
        }
    }

    private static int StopOrder(string resource) => resource switch
    {
        ResourceNames.Manager => 0,
        ResourceNames.Realm => 2,
        ResourceNames.Redis => 3,
        _ => 1,
    };

    private Task StartServiceAsync(string service, string assembly, string healthPath, TimeSpan patience, CancellationToken cancellationToken)
    {
        var process = Start(Launch.Service(service, assembly, Topology));
        return _gate.WaitAsync(process, new Uri(Topology.AddressOf(service), healthPath), patience, cancellationToken);
    }

    private LocalProcess Start(Launch launch)
    {
        _output.Say($"Starting {launch.Resource}");
        var process = new LocalProcess(launch, _output, _guard, _time);
        _started.Add(process);
        process.Start();
        return process;
    }
}
