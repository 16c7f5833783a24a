using Fleet.Registry.Events;

namespace Fleet.PrerenderServer.Registration;

/// <summary>Recycles on the change notification of a fleet-wide recycle. A notification can be lost, so the manager also sends a request to each server.</summary>
internal sealed class RecycleListener(IBackplane backplane, Recycler recycler) : IHostedService
{
    private IAsyncDisposable? _subscription;

    public async Task StartAsync(CancellationToken cancellationToken) =>
        _subscription = await backplane.SubscribeAsync(
            notification =>
            {
                if (notification.Kind == FleetEventKind.Recycle)
                {
                    recycler.Recycle(notification.Version);
                }
            },
            cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_subscription is { } subscription)
        {
            await subscription.DisposeAsync();
        }
    }
}
