using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.InMemory;

/// <summary>Adds the fake registry to a service.</summary>
internal static class InMemoryRegistryServices
{
    /// <summary>A registry in this process, shared with the other services that get the same one.</summary>
    public static IServiceCollection AddFleetRegistry(this IServiceCollection services, InMemoryRegistry shared) => services
        .AddSingleton(shared.HostShells)
        .AddSingleton(shared.Servers)
        .AddSingleton(shared.WarmAffinities)
        .AddSingleton(shared.Realms)
        .AddSingleton(shared.Services)
        .AddSingleton(shared.Pages)
        .AddSingleton(shared.Screenshots)
        .AddSingleton(shared.StorageScopes)
        .AddSingleton(shared.Generations)
        .AddSingleton(shared.Leases)
        .AddSingleton(shared.Commands)
        .AddSingleton(shared.Jobs)
        .AddSingleton(shared.Backplane);
}
