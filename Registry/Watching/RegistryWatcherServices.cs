using Fleet.Registry.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Registry.Watching;

/// <summary>Registers registry watchers.</summary>
public static class RegistryWatcherServices
{
    /// <summary>Adds a <see cref="RegistryWatcher{T}"/> that always reads everything and runs as long as the host.</summary>
    /// <typeparam name="TSource">The service to read from.</typeparam>
    /// <typeparam name="T">The state.</typeparam>
    public static IServiceCollection AddRegistryWatcher<TSource, T>(
        this IServiceCollection services,
        string name,
        IReadOnlyCollection<FleetEventKind> concerns,
        Func<TSource, CancellationToken, Task<T>> read)
        where TSource : notnull =>
        services.AddRegistryWatcher<TSource, T>(name, concerns, (source, _, cancellationToken) => read(source, cancellationToken));

    /// <summary>Adds a <see cref="RegistryWatcher{T}"/> that runs as long as the host.</summary>
    /// <typeparam name="TSource">The service to read from.</typeparam>
    /// <typeparam name="T">The state.</typeparam>
    public static IServiceCollection AddRegistryWatcher<TSource, T>(
        this IServiceCollection services,
        string name,
        IReadOnlyCollection<FleetEventKind> concerns,
        Func<TSource, RegistryChanges, CancellationToken, Task<T>> read)
        where TSource : notnull => services
        .AddSingleton(provider =>
        {
            // Resolved now: a host whose start failed is disposed while its watchers still read.
            var source = provider.GetRequiredService<TSource>();
            return ActivatorUtilities.CreateInstance<RegistryWatcher<T>>(
                provider, name, concerns, (RegistryChanges changes, CancellationToken cancellationToken) => read(source, changes, cancellationToken));
        })
        .AddHostedService(provider => provider.GetRequiredService<RegistryWatcher<T>>());
}
