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
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.InMemory;

/// <summary>The registry of a fleet that runs in one process. Every service of it is given the same object.</summary>
public sealed class InMemoryRegistry
{
    /// <param name="timeProvider">The registry's clock.</param>
    /// <param name="loggerFactory">Where a listener that fails on a hint is reported.</param>
    /// <param name="jobTime">Clock of the leases of jobs; null for the registry's.</param>
    public InMemoryRegistry(TimeProvider timeProvider, ILoggerFactory loggerFactory, TimeProvider? jobTime = null)
    {
        var hints = new ChangeListeners(loggerFactory.CreateLogger<InMemoryBackplane>());
        var servers = new InMemoryServerRegistry(timeProvider, hints);
        HostShells = new InMemoryHostShellStore(timeProvider, hints);
        (Servers, WarmAffinities) = (servers, servers);
        Realms = new InMemoryRealmDirectory(timeProvider, hints);
        Services = new InMemoryServiceDirectory(timeProvider, hints);
        var scopes = new InMemoryStorageScopes(timeProvider);
        StorageScopes = scopes;
        Pages = new InMemoryPageStore(timeProvider, hints, scopes);
        Screenshots = new InMemoryScreenshotStore(scopes);
        Generations = new InMemoryGenerationCounter(timeProvider);
        Leases = new InMemoryLeases(timeProvider);
        Commands = new InMemoryCommandStore(timeProvider);
        Jobs = new InMemoryJobStore(jobTime ?? timeProvider);
        Backplane = new InMemoryBackplane(hints);
    }

    /// <summary>The current host shell.</summary>
    public IHostShellStore HostShells { get; }

    /// <summary>The prerender servers.</summary>
    public IServerRegistry Servers { get; }

    /// <summary>What is warm on them.</summary>
    public IWarmAffinities WarmAffinities { get; }

    /// <summary>The realms.</summary>
    public IRealmDirectory Realms { get; }

    /// <summary>The managers and realm servers.</summary>
    public IServiceDirectory Services { get; }

    /// <summary>The rendered pages.</summary>
    public IPageStore Pages { get; }

    /// <summary>Screenshots of them.</summary>
    public IScreenshotStore Screenshots { get; }

    /// <summary>What both are stored under.</summary>
    public IStorageScopes StorageScopes { get; }

    /// <summary>Numbers that order what several services do.</summary>
    public IGenerationCounter Generations { get; }

    /// <summary>Work that one replica does for all.</summary>
    public ILeases Leases { get; }

    /// <summary>Commands that were started.</summary>
    public ICommandStore Commands { get; }

    /// <summary>Long work in the background.</summary>
    public IJobStore Jobs { get; }

    /// <summary>Hints.</summary>
    public IBackplane Backplane { get; }
}
