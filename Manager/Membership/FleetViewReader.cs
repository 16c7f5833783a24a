using Fleet.Contracts;
using Fleet.Manager.Routing;
using Fleet.Registry;
using Fleet.Registry.HostShells;
using Fleet.Registry.Realms;
using Fleet.Registry.Servers;

namespace Fleet.Manager.Membership;

/// <summary>Reads a <see cref="FleetView"/> out of the registry. Used by one loop at a time.</summary>
internal sealed class FleetViewReader(
    IHostShellStore hostShells, IServerRegistry servers, IWarmAffinities warmAffinities, IRealmDirectory realms, Reservations reservations,
    TimeProvider timeProvider)
{
    private Dictionary<string, LiveServer> _previous = [];
    private FleetView _lastFull = FleetView.Empty;
    private long _lastFullAt;
    private bool _isFilling;

    public async Task<FleetView> ReadAsync(CancellationToken cancellationToken)
    {
        var records = await servers.ListAsync(cancellationToken);
        var live = records.ToDictionary(record => record.Incarnation, record => Observe(record));

        var warm = await warmAffinities.GetAsync([.. live.Keys], cancellationToken);
        var view = new FleetView(
            await hostShells.GetAsync(cancellationToken),
            [.. records.Select(record => live[record.Incarnation] with { Warm = warm.GetValueOrDefault(record.Incarnation) ?? LiveServer.NothingWarm })],
            await realms.ListAsync(cancellationToken))
        {
            Serving = await hostShells.GetServingAsync(cancellationToken),
        };

        // Only once everything was read: a half-read view is thrown away, and so are its counts.
        _previous = live;
        return Remember(view);
    }

    // A registry that was restarted empty has forgotten everything, realms included; servers and realms that live tell it within a heartbeat, in
    // any order. Until both have, what was known is likelier than nothing. Who is gone all the same, refuses connections.
    private FleetView Remember(FleetView view)
    {
        _isFilling = view.Realms.Count == 0 || (_isFilling && view.Servers.Count == 0);
        if (!_isFilling)
        {
            (_lastFull, _lastFullAt) = (view, timeProvider.GetTimestamp());
            return view;
        }

        return _lastFull.Realms.Count > 0 && timeProvider.GetElapsedTime(_lastFullAt) < RegistryTtl.Realm
            ? new FleetView(
                view.Shell ?? _lastFull.Shell,
                view.Servers.Count > 0 ? view.Servers : _lastFull.Servers,
                view.Realms.Count > 0 ? view.Realms : _lastFull.Realms)
            {
                Serving = view.Serving,
            }
            : view;
    }

    private LiveServer Observe(ServerRecord record) =>
        _previous.TryGetValue(record.Incarnation, out var before) && before.Record.SeenAt == record.SeenAt
            ? before with { Record = record }
            : new LiveServer(record, LiveServer.NothingWarm, reservations.On(record.Incarnation));
}
