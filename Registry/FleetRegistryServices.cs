using Fleet.Registry.Commands;
using Fleet.Registry.Events;
using Fleet.Registry.Generations;
using Fleet.Registry.HostShells;
using Fleet.Registry.InMemory;
using Fleet.Registry.Leases;
using Fleet.Registry.Pages;
using Fleet.Registry.Pictures;
using Fleet.Registry.Realms;
using Fleet.Registry.Redis;
using Fleet.Registry.Servers;
using Fleet.Registry.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fleet.Registry;

/// <summary>Adds the registry to a service.</summary>
public static class FleetRegistryServices
{
    /// <summary>The registry in Redis, over the <c>IConnectionMultiplexer</c> that the service has.</summary>
    public static IServiceCollection AddFleetRegistry(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton<RedisConnection>()
            .AddSingleton<IHostShellStore, RedisHostShellStore>()
            .AddSingleton<IServerRegistry, RedisServerRegistry>()
            .AddSingleton<IWarmAffinities, RedisWarmAffinities>()
            .AddSingleton<IRealmDirectory, RedisRealmDirectory>()
            .AddSingleton<IPageStore, RedisPageStore>()
            .AddSingleton<IPictureStore, RedisPictureStore>()
            .AddSingleton<IStorageScopes, RedisStorageScopes>()
            .AddSingleton<IGenerationCounter, RedisGenerationCounter>()
            .AddSingleton<ILeases, RedisLeases>()
            .AddSingleton<ICommandStore, RedisCommandStore>()
            .AddSingleton<IBackplane, RedisBackplane>();
    }

    /// <summary>A registry in this process, shared with the other services in it.</summary>
    public static IServiceCollection AddFleetRegistry(this IServiceCollection services, InMemoryRegistry shared) => services
        .AddSingleton(shared.HostShells)
        .AddSingleton(shared.Servers)
        .AddSingleton(shared.WarmAffinities)
        .AddSingleton(shared.Realms)
        .AddSingleton(shared.Pages)
        .AddSingleton(shared.Pictures)
        .AddSingleton(shared.StorageScopes)
        .AddSingleton(shared.Generations)
        .AddSingleton(shared.Leases)
        .AddSingleton(shared.Commands)
        .AddSingleton(shared.Backplane);
}
