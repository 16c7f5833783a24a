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

namespace Fleet.Tests.Registry;

/// <summary>An empty registry and a way to let time pass in it. The contract suites use nothing else.</summary>
public abstract class RegistryUnderTest : IAsyncDisposable
{
    public abstract IHostShellStore HostShells { get; }

    public abstract IServerRegistry Servers { get; }

    public abstract IWarmAffinities WarmAffinities { get; }

    public abstract IRealmDirectory Realms { get; }

    public abstract IServiceDirectory Services { get; }

    public abstract IPageStore Pages { get; }

    public abstract IScreenshotStore Screenshots { get; }

    public abstract IStorageScopes StorageScopes { get; }

    public abstract IGenerationCounter Generations { get; }

    public abstract ILeases Leases { get; }

    public abstract ICommandStore Commands { get; }

    public abstract IJobStore Jobs { get; }

    public abstract IBackplane Backplane { get; }

    /// <summary>Ages all entries, as if none had been repeated for this long.</summary>
    public abstract Task AgeAsync(TimeSpan by);

    /// <summary>The registry's clock.</summary>
    public abstract Task<DateTimeOffset> NowAsync();

    public abstract ValueTask DisposeAsync();
}
