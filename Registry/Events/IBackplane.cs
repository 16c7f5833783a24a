namespace Fleet.Registry.Events;

/// <summary>Pub/sub as a hint. Messages may be lost, doubled, late or out of order; a listener re-reads state on each one, on
/// <see cref="FleetEventKind.Reconnected"/> and every <see cref="RegistryTtl.Repeat"/>.</summary>
public interface IBackplane
{
    /// <summary>Sends a hint. A failure is logged, not thrown: the poll will do.</summary>
    Task PublishAsync(FleetEvent hint, CancellationToken cancellationToken);

    /// <summary>Listens until the subscription is disposed. <paramref name="onHint"/> must be quick and must not throw:
    /// set a signal, do the work elsewhere.</summary>
    Task<IAsyncDisposable> SubscribeAsync(Action<FleetEvent> onHint, CancellationToken cancellationToken);
}

/// <summary>A hint that something changed. It carries no truth: whoever hears it reads the keys.</summary>
/// <param name="Kind">What to read again.</param>
/// <param name="Subject">Whose: an incarnation, an instance, a URL; may be empty.</param>
/// <param name="Version">Version or generation after the change, 0 where there is none; a reader may drop a version that it already knows.</param>
public sealed record FleetEvent(FleetEventKind Kind, string Subject, long Version);

/// <summary>What a hint is about.</summary>
public enum FleetEventKind
{
    /// <summary>The current host shell changed.</summary>
    HostShell,

    /// <summary>A server came, went or changed state.</summary>
    Servers,

    /// <summary>Warm affinities of a server changed.</summary>
    WarmAffinities,

    /// <summary>Realms were announced or withdrawn.</summary>
    Realms,

    /// <summary>A page was stored or removed.</summary>
    Pages,

    /// <summary>An operator asks every server to recycle.</summary>
    Recycle,

    /// <summary>The connection to Redis is back: everything may have changed. Raised locally, never sent.</summary>
    Reconnected,
}
