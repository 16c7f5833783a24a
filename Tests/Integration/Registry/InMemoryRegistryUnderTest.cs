using Fleet.Registry.Commands;
using Fleet.Registry.Events;
using Fleet.Registry.Generations;
using Fleet.Registry.HostShells;
using Fleet.Registry.Jobs;
using Fleet.Registry.Leases;
using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;
using Fleet.Registry.Realms;
using Fleet.Registry.Servers;
using Fleet.Registry.Services;
using Fleet.Registry.Storage;
using Fleet.Tests.InMemory;
using Fleet.Tests.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Registry;

internal sealed class InMemoryRegistryUnderTest : RegistryUnderTest
{
    private readonly VirtualTimeProvider _time = new();
    private readonly InMemoryRegistry _registry;

    public InMemoryRegistryUnderTest() => _registry = new(_time, NullLoggerFactory.Instance);

    public override IHostShellStore HostShells => _registry.HostShells;

    public override IServerRegistry Servers => _registry.Servers;

    public override IWarmAffinities WarmAffinities => _registry.WarmAffinities;

    public override IRealmDirectory Realms => _registry.Realms;

    public override IServiceDirectory Services => _registry.Services;

    public override IPageStore Pages => _registry.Pages;

    public override IScreenshotStore Screenshots => _registry.Screenshots;

    public override IStorageScopes StorageScopes => _registry.StorageScopes;

    public override IGenerationCounter Generations => _registry.Generations;

    public override ILeases Leases => _registry.Leases;

    public override ICommandStore Commands => _registry.Commands;

    public override IJobStore Jobs => _registry.Jobs;

    public override IBackplane Backplane => _registry.Backplane;

    public override Task AgeAsync(TimeSpan by)
    {
        _time.Advance(by);
        return Task.CompletedTask;
    }

    public override Task<DateTimeOffset> NowAsync() => Task.FromResult(_time.GetUtcNow());

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
