using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Fleet.AppHost.Settings;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.EndToEnd;

/// <summary>The composition of a fleet for a test.</summary>
internal sealed record FleetPlan
{
    public required string AdminKey { get; init; }

    public int PrerenderServers { get; init; } = 2;

    /// <summary>Further settings for every service: <c>Pool:Slots</c> and the like.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Connection string of an existing Redis; null for the fleet's own Garnet.</summary>
    public string? Redis { get; init; }

    /// <summary>Port of the realm server; 0 for any free one.</summary>
    public int RealmPort { get; init; }

    /// <summary>Address at which the other services reach the realm server, of a load balancer in front of it; null for its own.</summary>
    public Uri? RealmAddress { get; init; }

    /// <summary>Whether the AppHost restarts services that end unexpectedly, as it does in normal use. Otherwise the test restarts them.</summary>
    public bool Restarts { get; init; }

    /// <summary>Address of a collector that receives OTLP over HTTP; null for none.</summary>
    public Uri? Collector { get; init; }
}

/// <summary>The fleet as the AppHost composes it, each service a process of its own, on free ports. A service that ends stays down until the test starts it
/// again, unless <see cref="FleetPlan"/> has it restarted.</summary>
internal sealed class AspireFleet : IAsyncDisposable
{
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_healthLimit = TimeSpan.FromMinutes(2);

    private readonly DistributedApplication _app;
    private readonly Dictionary<string, AspireResource> _resources;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _reading;
    private readonly FleetLog _log;
    // All services are on this machine, so requests must not go through a proxy that the environment sets.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    private AspireFleet(DistributedApplication app, Topology topology, FleetLog log)
    {
        (_app, Topology, _log) = (app, topology, log);
        _resources = app.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<ProjectResource>()
            .ToDictionary(resource => resource.Name, resource => new AspireResource(app, resource, log));
        _reading = Task.WhenAll(_resources.Values.Select(resource => resource.FollowAsync(_end.Token)));
    }

    public Topology Topology { get; }

    /// <summary>The services, and Garnet when the fleet has its own.</summary>
    public IReadOnlyCollection<AspireResource> Processes => _resources.Values;

    public AspireResource this[string resource] => _resources[resource];

    /// <summary>Starts a fleet and waits until every service is healthy.</summary>
    /// <exception cref="InvalidOperationException">The fleet did not become healthy in time; the message has the services' log. No process is left running.</exception>
    public static async Task<AspireFleet> StartAsync(FleetPlan plan, FleetLog log, CancellationToken cancellationToken)
    {
        // A command line with secrets is refused: the admin key comes from a file, which is read when the model is built, and the realm server's keys from its environment.
        var secrets = plan.Settings.Where(static setting => CommandLineSecrets.NameOf($"--{setting.Key}={setting.Value}") is not null).ToList();
        var keyFile = Path.GetTempFileName();
        IDistributedApplicationTestingBuilder builder;
        try
        {
            await File.WriteAllTextAsync(keyFile, plan.AdminKey, cancellationToken);
            string[] args =
            [
                "--DcpPublisher:RandomizePorts=false",
                $"--Fleet:AdminKeyFile={keyFile}", $"--Fleet:PrerenderServers={plan.PrerenderServers}",
                $"--Fleet:Ports:Realm={plan.RealmPort}", "--Fleet:Ports:Manager=0", "--Fleet:Ports:Prerender=0", "--Fleet:Ports:Redis=0",
                .. plan.Redis is null ? (string[])[] : [$"--ConnectionStrings:redis={plan.Redis}"],
                .. plan.Settings.Except(secrets).Select(setting => $"--{setting.Key}={setting.Value}"),
            ];
            builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(args, cancellationToken);
        }
        finally
        {
            File.Delete(keyFile);
        }

        foreach (var service in builder.Resources.OfType<ProjectResource>().ToList())
        {
            var resource = builder.CreateResourceBuilder(service)
                .WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", plan.Collector?.AbsoluteUri ?? "")
                .WithEnvironment("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
                .WithEnvironment("OTEL_BSP_SCHEDULE_DELAY", "200")
                .WithEnvironment("OTEL_BLRP_SCHEDULE_DELAY", "200")
                .WithEnvironment("OTEL_METRIC_EXPORT_INTERVAL", "1000");
            foreach (var (name, value) in service.Name == "realm" ? secrets : [])
            {
                resource.WithEnvironment(name.Replace(":", "__", StringComparison.Ordinal), value);
            }

            if (plan.RealmAddress is { } realm && service.Name is not ("realm" or "garnet"))
            {
                resource.WithEnvironment("services__realm__http__0", realm.GetLeftPart(UriPartial.Authority));
            }

            if (plan.Restarts)
            {
                continue;
            }

            var restart = service.Annotations.Single(annotation => annotation.GetType().Name == "RestartAnnotation");
            service.Annotations.Remove(restart);
        }

        var app = await builder.BuildAsync(cancellationToken);
        AspireFleet? fleet = null;
        try
        {
            var connection = app.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<IResourceWithConnectionString>().Single(resource => resource.Name == RedisExtensions.ConnectionName);
            await app.StartAsync(cancellationToken);
            var redis = await connection.GetConnectionStringAsync(cancellationToken);
            fleet = new(app, Topology.Of(app.Services.GetRequiredService<AppHostSettings>(), redis!, plan.AdminKey), log);
            foreach (var resource in fleet.Processes)
            {
                await app.ResourceNotifications.WaitForResourceHealthyAsync(resource.Name, WaitBehavior.WaitOnResourceUnavailable, cancellationToken);
            }

            return fleet;
        }
        catch (Exception e)
        {
            await (fleet?.DisposeAsync() ?? app.DisposeAsync());
            throw new InvalidOperationException($"The fleet did not start: {e.Message}\n{log}", e);
        }
    }

    /// <summary>Waits until a service is healthy (again).</summary>
    public Task WaitUntilHealthyAsync(string service) => Eventually.TrueAsync(
        () => IsHealthyAsync(new Uri(Topology.AddressOf(service), "health")), s_healthLimit, () => $"{service} healthy\n{_log}");

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using (var limit = new CancellationTokenSource(s_stopLimit))
        {
            await _app.StopAsync(limit.Token);
        }

        await _app.DisposeAsync();
        _client.Dispose();
        _end.Dispose();
    }

    private async Task<bool> IsHealthyAsync(Uri health)
    {
        try
        {
            using var response = await _client.GetAsync(health, TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
