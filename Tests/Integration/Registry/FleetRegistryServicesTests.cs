using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Commands;
using Fleet.Registry.Events;
using Fleet.Registry.Generations;
using Fleet.Registry.HostShells;
using Fleet.Registry.Leases;
using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;
using Fleet.Registry.Realms;
using Fleet.Registry.Servers;
using Fleet.Registry.Services;
using Fleet.Registry.Storage;
using Fleet.Registry.Watching;
using Fleet.Tests.InMemory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Fleet.Tests.Registry;

[Collection(RedisCollection.Name)]
public sealed class FleetRegistryServicesTests(RedisCollection.Server redis)
{
    private static readonly Type[] Rooms =
        [typeof(IHostShellStore), typeof(IServerRegistry), typeof(IWarmAffinities), typeof(IRealmDirectory), typeof(IServiceDirectory), typeof(IPageStore), typeof(IScreenshotStore), typeof(IStorageScopes), typeof(IGenerationCounter), typeof(ILeases), typeof(ICommandStore), typeof(IBackplane)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddFleetRegistry_OverAConnection_AllOfItIsInRedis()
    {
        var services = new ServiceCollection().AddLogging().AddFleetRegistry()
            .AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(redis.ConnectionString));

        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        Assert.All(Rooms, room => Assert.StartsWith("Redis", provider.GetRequiredService(room).GetType().Name, StringComparison.Ordinal));
        await using var subscription = await provider.GetRequiredService<IBackplane>().SubscribeAsync(_ => { }, Cancel);
    }

    [Fact]
    public async Task AddFleetRegistry_SharedInMemory_TwoServicesSeeTheSame()
    {
        var shared = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        await using var one = new ServiceCollection().AddFleetRegistry(shared).BuildServiceProvider();
        await using var two = new ServiceCollection().AddFleetRegistry(shared).BuildServiceProvider();

        Assert.All(Rooms, room => Assert.Same(one.GetRequiredService(room), two.GetRequiredService(room)));
    }

    [Fact]
    public async Task AddRegistryWatcher_HostStarts_ItReads()
    {
        var shared = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(TimeProvider.System).AddFleetRegistry(shared).AddRegistryWatcher<IRealmDirectory, IReadOnlyList<RealmRecord>>(
            "realms", [FleetEventKind.Realms], (realms, cancel) => realms.ListAsync(cancel));
        using var host = builder.Build();
        await host.StartAsync(Cancel);
        var watcher = host.Services.GetRequiredService<RegistryWatcher<IReadOnlyList<RealmRecord>>>();
        Assert.Empty((await watcher.WaitForFirstAsync()).Value);

        await shared.Realms.AnnounceAsync("realm-0", [new("http://127.0.0.1:5100/elements/", "Elements")], Cancel);

        await Eventually.TrueAsync(() => watcher.Current!.Value.Count == 1, () => "the announced realm");
        await host.StopAsync(Cancel);
    }

    /// <summary>A host whose start fails is disposed without being stopped.</summary>
    [Fact]
    public async Task AddRegistryWatcher_Source_IsResolvedWithTheWatcher()
    {
        var shared = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var resolved = 0;
        builder.Services.AddSingleton(TimeProvider.System).AddFleetRegistry(shared)
            .AddSingleton<Func<CancellationToken, Task<int>>>(_ =>
            {
                resolved++;
                return _ => Task.FromResult(1);
            })
            .AddRegistryWatcher<Func<CancellationToken, Task<int>>, int>("number", [FleetEventKind.Realms], (read, cancel) => read(cancel));
        using var host = builder.Build();
        var watcher = host.Services.GetRequiredService<RegistryWatcher<int>>();

        Assert.Equal(1, resolved);
        await host.StartAsync(Cancel);
        Assert.Equal(1, (await watcher.WaitForFirstAsync()).Value);
    }
}
