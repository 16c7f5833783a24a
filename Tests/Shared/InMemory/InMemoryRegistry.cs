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
    /// <param name="loggerFactory">Logs listeners that fail on a notification.</param>
    /// <param name="jobTime">Clock of the leases of jobs; null for the registry's.</param>
    public InMemoryRegistry(TimeProvider timeProvider, ILoggerFactory loggerFactory, TimeProvider? jobTime = null)
    {
        var notifications = new ChangeListeners(loggerFactory.CreateLogger<InMemoryBackplane>());
        var servers = new InMemoryServerRegistry(timeProvider, notifications);
        HostShells = new InMemoryHostShellStore(timeProvider, notifications);
        (Servers, WarmAffinities) = (servers, servers);
        Realms = new InMemoryRealmDirectory(timeProvider, notifications);
        Services = new InMemoryServiceDirectory(timeProvider, notifications);
        var scopes = new InMemoryStorageScopes(timeProvider);
        StorageScopes = scopes;
        Pages = new InMemoryPageStore(timeProvider, notifications, scopes);
        Screenshots = new InMemoryScreenshotStore(scopes);
        Generations = new InMemoryGenerationCounter(timeProvider);
        Leases = new InMemoryLeases(timeProvider);
        Commands = new InMemoryCommandStore(timeProvider);
        Jobs = new InMemoryJobStore(jobTime ?? timeProvider);
        Backplane = new InMemoryBackplane(notifications);
    }

    /// <summary>The current host shell.</summary>
    public IHostShellStore HostShells { get; }

    /// <summary>The prerender servers.</summary>
    public IServerRegistry Servers { get; }

    /// <summary>The warm affinities of the servers.</summary>
    public IWarmAffinities WarmAffinities { get; }

    /// <summary>The realms.</summary>
    public IRealmDirectory Realms { get; }

    /// <summary>The managers and realm servers.</summary>
    public IServiceDirectory Services { get; }

    /// <summary>The rendered pages.</summary>
    public IPageStore Pages { get; }

    /// <summary>Screenshots of them.</summary>
    public IScreenshotStore Screenshots { get; }

    /// <summary>The scopes that pages and screenshots are stored under.</summary>
    public IStorageScopes StorageScopes { get; }

    /// <summary>Counters that order actions of several services.</summary>
    public IGenerationCounter Generations { get; }

    /// <summary>Leases of work that one replica does for all.</summary>
    public ILeases Leases { get; }

    /// <summary>Commands that were started.</summary>
    public ICommandStore Commands { get; }

    /// <summary>The jobs.</summary>
    public IJobStore Jobs { get; }

    /// <summary>Notifications.</summary>
    public IBackplane Backplane { get; }
}
