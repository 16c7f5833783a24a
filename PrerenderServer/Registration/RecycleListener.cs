using Fleet.Registry.Events;
using Microsoft.Extensions.Hosting;

namespace Fleet.PrerenderServer.Registration;

/// <summary>Hears the hint that every server is to recycle. It may be lost, and so the manager asks each server as well.</summary>
internal sealed class RecycleListener(IBackplane backplane, Recycler recycler) : IHostedService
{
    private IAsyncDisposable? _subscription;

    public async Task StartAsync(CancellationToken cancellationToken) =>
        _subscription = await backplane.SubscribeAsync(
            hint =>
            {
                if (hint.Kind == FleetEventKind.Recycle)
                {
                    recycler.Recycle(hint.Version);
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
