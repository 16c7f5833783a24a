using Fleet.Registry.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Registry.Watching;

/// <summary>Adds watchers to a service.</summary>
public static class RegistryWatcherServices
{
    /// <summary>Adds a <see cref="RegistryWatcher{T}"/> that runs as long as the host.</summary>
    public static IServiceCollection AddRegistryWatcher<T>(
        this IServiceCollection services,
        string name,
        IReadOnlyCollection<FleetEventKind> concerns,
        Func<IServiceProvider, CancellationToken, Task<T>> read) => services
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<RegistryWatcher<T>>(
            provider, name, concerns, (CancellationToken cancellationToken) => read(provider, cancellationToken)))
        .AddHostedService(provider => provider.GetRequiredService<RegistryWatcher<T>>());
}
