using System.Security.Cryptography;
using Fleet.AppHost.Local;
using Fleet.AppHost.Output;
using Fleet.Manager;
using Fleet.PrerenderServer;
using Fleet.RealmServer;
using Fleet.Registry;
using Fleet.Registry.InMemory;
using Fleet.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Fleet.AppHost.Embedded;

/// <summary>The same services in this one process, on a registry in memory: for a first look, and for machines without Redis.</summary>
internal sealed class EmbeddedFleet : IRunningFleet
{
    private static readonly TimeSpan s_servicePatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_browserPatience = TimeSpan.FromSeconds(120);

    private readonly InMemoryRegistry _registry;
    private readonly IFleetOutput _output;
    private readonly TimeProvider _time;
    private readonly HttpClient _client = new();
    private readonly HealthGate _gate;
    private readonly List<EmbeddedService> _started = [];

    private EmbeddedFleet(Topology topology, IFleetOutput output, TimeProvider time)
    {
        (Topology, _output, _time) = (topology, output, time);
        _registry = new InMemoryRegistry(time, NullLoggerFactory.Instance);
        _gate = new HealthGate(_client, output, time);
    }

    /// <summary>What runs where.</summary>
    public Topology Topology { get; }

    public IReadOnlyDictionary<string, int> ProcessIds { get; } = new Dictionary<string, int>();

    /// <summary>Starts everything, each part when those it needs are healthy.</summary>
    /// <exception cref="StartException">Something cannot start; nothing is left running.</exception>
    public static async Task<EmbeddedFleet> StartAsync(
        LocalFleetOptions options, IFleetOutput output, TimeProvider time, CancellationToken cancellationToken)
    {
        var ports = FreePorts.Take(PortPlan.Create(options.Fleet, ownRedis: false));
        var adminKey = options.Fleet.AdminKey ?? RandomNumberGenerator.GetHexString(32, lowercase: true);
        var topology = Topology.Create(ports, options.Fleet.PrerenderServers, redis: null, adminKey, options.Settings);
        var fleet = new EmbeddedFleet(topology, output, time);
        try
        {
            await fleet.StartAllAsync(cancellationToken).ConfigureAwait(false);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Drains and stops: manager, prerender servers, realm server.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var service in _started.OrderBy(s => s.Name != ResourceNames.Manager).ThenBy(s => s.Name == ResourceNames.Realm))
        {
            await service.StopAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _started.AsEnumerable().Reverse())
        {
            await service.DisposeAsync().ConfigureAwait(false);
        }

        _started.Clear();
        _client.Dispose();
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        await StartServiceAsync(ResourceNames.Realm, RealmServerApp.Build, "health", s_servicePatience, cancellationToken).ConfigureAwait(false);
        await StartServiceAsync(ResourceNames.Manager, ManagerApp.Build, "alive", s_servicePatience, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < Topology.Prerender.Count; i++)
        {
            await StartServiceAsync(ResourceNames.Prerender(i), PrerenderServerApp.Build, "health", s_browserPatience, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task StartServiceAsync(
        string name, Func<string[], Action<WebApplicationBuilder>, WebApplication> build, string healthPath, TimeSpan patience, CancellationToken cancellationToken)
    {
        _output.Say($"Starting {name}");
        var arguments = EnvironmentContract.AsArguments(EnvironmentContract.For(name, Topology));
        var service = new EmbeddedService(name, build(arguments, builder => Embed(builder, name)));
        _started.Add(service);
        await service.StartAsync(cancellationToken).ConfigureAwait(false);
        await _gate.WaitAsync(service, new Uri(Topology.AddressOf(name), healthPath), patience, cancellationToken).ConfigureAwait(false);
    }

    private void Embed(WebApplicationBuilder builder, string name)
    {
        builder.Services.AddFleetRegistry(_registry);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Logging.AddFilter<ConsoleLoggerProvider>(null, LogLevel.None);
        builder.Logging.AddProvider(new OutputLoggerProvider(name, _output, _time));
    }
}
