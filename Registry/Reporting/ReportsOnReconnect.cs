using Fleet.Registry.Events;
using Microsoft.Extensions.Hosting;

namespace Fleet.Registry.Reporting;

/// <summary>Triggers every report when the connection to the registry is restored: the registry may have lost its data, and no page can be rendered until
/// it knows the realms again.</summary>
internal sealed class ReportsOnReconnect(IEnumerable<HeartbeatService> reports, IBackplane backplane) : IHostedService
{
    private readonly HeartbeatService[] _reports = [.. reports];
    private IAsyncDisposable? _subscription;

    public async Task StartAsync(CancellationToken cancellationToken) => _subscription = await backplane.SubscribeAsync(OnEvent, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_subscription is not null)
        {
            await _subscription.DisposeAsync();
        }
    }

    private void OnEvent(FleetEvent change)
    {
        if (change.Kind == FleetEventKind.Reconnected)
        {
            Array.ForEach(_reports, static report => report.TriggerNow());
        }
    }
}
