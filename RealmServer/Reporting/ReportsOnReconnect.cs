using Fleet.Registry.Events;

namespace Fleet.RealmServer.Reporting;

/// <summary>Repeats every report at once when the connection to the registry is back: it may have come back empty, and until it knows the realms
/// nobody can render.</summary>
internal sealed class ReportsOnReconnect(IEnumerable<HeartbeatService> reports, IBackplane backplane) : IHostedService
{
    private readonly HeartbeatService[] _reports = [.. reports];
    private IAsyncDisposable? _subscription;

    public async Task StartAsync(CancellationToken cancellationToken) => _subscription = await backplane.SubscribeAsync(OnHint, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_subscription is not null)
        {
            await _subscription.DisposeAsync();
        }
    }

    private void OnHint(FleetEvent hint)
    {
        if (hint.Kind == FleetEventKind.Reconnected)
        {
            Array.ForEach(_reports, static report => report.TriggerNow());
        }
    }
}
