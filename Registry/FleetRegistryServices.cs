using Fleet.Contracts;
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
using Fleet.Registry.Reporting;
using Fleet.Registry.Servers;
using Fleet.Registry.Services;
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
            .AddSingleton<IServiceDirectory, RedisServiceDirectory>()
            .AddSingleton<IPageStore, RedisPageStore>()
            .AddSingleton<IScreenshotStore, RedisScreenshotStore>()
            .AddSingleton<IStorageScopes, RedisStorageScopes>()
            .AddSingleton<IGenerationCounter, RedisGenerationCounter>()
            .AddSingleton<ILeases, RedisLeases>()
            .AddSingleton<ICommandStore, RedisCommandStore>()
            .AddSingleton<IJobStore, RedisJobStore>()
            .AddSingleton<IBackplane, RedisBackplane>();
    }

    /// <summary>Announces this service to the fleet from when it listens until it stops, and repeats every <see cref="HeartbeatService"/> when the registry is back.</summary>
    public static IServiceCollection AddServiceAnnouncement(this IServiceCollection services, ServiceKind kind) => services
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<ServiceInstance>(provider, kind))
        .AddHeartbeat<ServiceAnnouncer>();

    /// <summary>Runs a heartbeat, and repeats it at once when the registry is back.</summary>
    public static IServiceCollection AddHeartbeat<T>(this IServiceCollection services) where T : HeartbeatService => services
        .AddSingleton<T>()
        .AddHostedService(provider => provider.GetRequiredService<T>())
        .AddSingleton<HeartbeatService>(provider => provider.GetRequiredService<T>())
        .AddHostedService<ReportsOnReconnect>();
}
