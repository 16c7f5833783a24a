using Fleet.Registry.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Registry.Watching;

/// <summary>Registers registry watchers.</summary>
public static class RegistryWatcherServices
{
    /// <summary>Adds a <see cref="RegistryWatcher{T}"/> that always reads everything and runs as long as the host.</summary>
    public static IServiceCollection AddRegistryWatcher<T>(
        this IServiceCollection services,
        string name,
        IReadOnlyCollection<FleetEventKind> concerns,
        Func<IServiceProvider, CancellationToken, Task<T>> read) =>
        services.AddRegistryWatcher(name, concerns, (provider, _, cancellationToken) => read(provider, cancellationToken));

    /// <summary>Adds a <see cref="RegistryWatcher{T}"/> that runs as long as the host.</summary>
    public static IServiceCollection AddRegistryWatcher<T>(
        this IServiceCollection services,
        string name,
        IReadOnlyCollection<FleetEventKind> concerns,
        Func<IServiceProvider, RegistryChanges, CancellationToken, Task<T>> read) => services
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<RegistryWatcher<T>>(
            provider, name, concerns, (RegistryChanges changes, CancellationToken cancellationToken) => read(provider, changes, cancellationToken)))
        .AddHostedService(provider => provider.GetRequiredService<RegistryWatcher<T>>());
}
