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
