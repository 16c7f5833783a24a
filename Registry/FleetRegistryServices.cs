using Fleet.Registry.Commands;
using Fleet.Registry.Events;
using Fleet.Registry.Generations;
using Fleet.Registry.HostShells;
using Fleet.Registry.Jobs;
using Fleet.Registry.Leases;
using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;
using Fleet.Registry.Realms;
using Fleet.Registry.Redis;
using Fleet.Registry.Servers;
using Fleet.Registry.Storage;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fleet.Registry;

/// <summary>Registers the registry.</summary>
public static class FleetRegistryServices
{
    /// <summary>Adds the Redis registry. Requires a registered <c>IConnectionMultiplexer</c>.</summary>
    public static IServiceCollection AddFleetRegistry(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FleetKeys>();
        services.AddOptions();
        return services
            .AddSingleton<RedisConnection>()
            .AddSingleton<RecordSigner>()
            .AddSingleton<IHostShellStore, RedisHostShellStore>()
            .AddSingleton<IServerRegistry, RedisServerRegistry>()
            .AddSingleton<IWarmAffinities, RedisWarmAffinities>()
            .AddSingleton<IRealmDirectory, RedisRealmDirectory>()
            .AddSingleton<IPageStore, RedisPageStore>()
            .AddSingleton<IScreenshotStore, RedisScreenshotStore>()
            .AddSingleton<IStorageScopes, RedisStorageScopes>()
            .AddSingleton<IGenerationCounter, RedisGenerationCounter>()
            .AddSingleton<ILeases, RedisLeases>()
            .AddSingleton<ICommandStore, RedisCommandStore>()
            .AddSingleton<IJobStore, RedisJobStore>()
            .AddSingleton<IBackplane, RedisBackplane>();
    }
}
