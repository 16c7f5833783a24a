namespace Fleet.Registry.Events;

/// <summary>Publishes change notifications. They may be lost, duplicated, delayed or reordered: a listener re-reads the state on each one, on
/// <see cref="FleetEventKind.Reconnected"/> and every <see cref="RegistryTtl.Repeat"/>.</summary>
public interface IBackplane
{
    /// <summary>Sends a change notification. A failure is logged, not thrown: readers also poll.</summary>
    Task PublishAsync(FleetEvent notification, CancellationToken cancellationToken);

    /// <summary>Listens until the subscription is disposed. <paramref name="onNotification"/> must be quick and must not throw: it should only set a signal.</summary>
    Task<IAsyncDisposable> SubscribeAsync(Action<FleetEvent> onNotification, CancellationToken cancellationToken);
}

/// <summary>A change notification. It carries no state: a listener reads the keys again.</summary>
/// <param name="Kind">What changed.</param>
/// <param name="Subject">The incarnation, instance or URL that changed; may be empty.</param>
/// <param name="Version">Version or generation after the change; 0 when there is none. A reader may ignore a version that it already knows.</param>
public sealed record FleetEvent(FleetEventKind Kind, string Subject, long Version);

/// <summary>What a change notification is about.</summary>
public enum FleetEventKind
{
    /// <summary>The current host shell changed.</summary>
    HostShell,

    /// <summary>A server registered, unregistered or changed state.</summary>
    Servers,

    /// <summary>Warm affinities of a server changed.</summary>
    WarmAffinities,

    /// <summary>The realms of a realm-server replica changed.</summary>
    Realms,

    /// <summary>A manager or a realm server announced itself.</summary>
    Services,

    /// <summary>A page was stored or removed.</summary>
    Pages,

    /// <summary>An operator asks every server to recycle.</summary>
    Recycle,

    /// <summary>The connection to Redis was restored, so anything may have changed. Raised locally, never sent.</summary>
    Reconnected,
}
