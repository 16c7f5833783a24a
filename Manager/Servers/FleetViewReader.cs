using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.Registry.HostShells;
using Fleet.Registry.Realms;
using Fleet.Registry.Servers;
using Fleet.Registry.Services;
using Fleet.Registry.Watching;

namespace Fleet.Manager.Servers;

/// <summary>Reads a <see cref="FleetView"/> from the registry: all of it, or what has changed. Not thread-safe.</summary>
internal sealed class FleetViewReader(
    IHostShellStore hostShells, IServerRegistry servers, IWarmAffinities warmAffinities, IRealmDirectory realms, IServiceDirectory services, Reservations reservations,
    TimeProvider timeProvider)
{
    private Contents _read = Contents.Nothing;
    private FleetView _last = FleetView.Empty;
    private FleetView _lastFull = FleetView.Empty;
    private bool _isFilling;
    private long _fillingSince;

    public async Task<FleetView> ReadAsync(RegistryChanges changes, CancellationToken cancellationToken)
    {
        // Assigned only after every read has succeeded, so that a failed read changes nothing.
        _read = new(
            await ReadServersAsync(changes, cancellationToken),
            changes.Concern(FleetEventKind.HostShell) ? await hostShells.GetAsync(cancellationToken) : _read.Shell,
            changes.Concern(FleetEventKind.Realms) ? await realms.ListAsync(cancellationToken) : _read.Realms,
            changes.Concern(FleetEventKind.HostShell) ? await hostShells.GetServingAsync(cancellationToken) : _read.Serving,
            changes.Concern(FleetEventKind.Services) ? await services.ListAsync(cancellationToken) : _read.Services);

        IReadOnlyList<LiveServer> live = [.. OnePerAddress(_read.Servers.Values)];
        return _last = Remember(new FleetView(_read.Shell, live, _read.Realms)
        {
            Serving = _read.Serving,
            Services = _read.Services,
            Ready = new(live, _last.Ready),
            Places = ReferenceEquals(_read.Realms, _last.Realms) ? _last.Places : new(_read.Realms),
        });
    }

    private async Task<IReadOnlyDictionary<string, LiveServer>> ReadServersAsync(RegistryChanges changes, CancellationToken cancellationToken)
    {
        if (changes.IsEverything)
        {
            var all = await servers.ListAsync(cancellationToken);
            var lists = await warmAffinities.GetAsync([.. all.Select(record => record.Incarnation)], cancellationToken);
            return all.ToDictionary(record => record.Incarnation, record => Observe(record, lists));
        }

        var changed = changes.SubjectsOf(FleetEventKind.Servers, FleetEventKind.WarmAffinities);
        if (changed.Count == 0)
        {
            return _read.Servers;
        }

        var records = await servers.GetAsync(changed, cancellationToken);
        var warm = await warmAffinities.GetAsync([.. records.Select(record => record.Incarnation)], cancellationToken);
        var live = new Dictionary<string, LiveServer>(_read.Servers);
        foreach (var incarnation in changed)
        {
            live.Remove(incarnation);
        }

        foreach (var record in records)
        {
            live[record.Incarnation] = Observe(record, warm);
        }

        return live;
    }

    private LiveServer Observe(ServerRecord record, IReadOnlyDictionary<string, IReadOnlySet<string>> lists)
    {
        var before = _read.Servers.GetValueOrDefault(record.Incarnation);
        var warm = lists.GetValueOrDefault(record.Incarnation) ?? LiveServer.NothingWarm;
        // Keep the same object while the set of affinities is unchanged: ServerIndex then reuses its index.
        var kept = before is not null && before.Warm.SetEquals(warm) ? before.Warm : warm;
        return new(record, kept, before?.Record.SeenAt == record.SeenAt ? before.OwnWhenSeen : reservations.On(record.Incarnation));
    }

    // An address belongs to the incarnation that announced it last. The previous one is dead, even if its record has not expired yet.
    private static IEnumerable<LiveServer> OnePerAddress(IEnumerable<LiveServer> servers) => servers
        .GroupBy(server => server.Record.Url.TrimEnd('/'), StringComparer.OrdinalIgnoreCase)
        .Select(incarnations => incarnations.OrderByDescending(server => server.Record.SeenAt).ThenBy(server => server.Incarnation, StringComparer.Ordinal).First())
        .OrderBy(server => server.Record.Name, StringComparer.Ordinal).ThenBy(server => server.Incarnation, StringComparer.Ordinal);

    // A registry that was restarted empty has lost everything, including the realms. Live servers and realm servers announce themselves again within a
    // heartbeat, in any order. Until both have, the last full view is the better guess; a server that is really gone refuses connections.
    private FleetView Remember(FleetView view)
    {
        var wasFilling = _isFilling;
        _isFilling = view.Realms.Count == 0 || (_isFilling && view.Servers.Count == 0);
        if (!_isFilling)
        {
            return _lastFull = view;
        }

        // Not since the last full view: while the registry cannot be reached, no service can announce itself.
        _fillingSince = wasFilling ? _fillingSince : timeProvider.GetTimestamp();
        return _lastFull.Realms.Count > 0 && timeProvider.GetElapsedTime(_fillingSince) < RegistryTtl.Realm
            ? new FleetView(
                view.Shell ?? _lastFull.Shell,
                view.Servers.Count > 0 ? view.Servers : _lastFull.Servers,
                view.Realms.Count > 0 ? view.Realms : _lastFull.Realms)
            {
                Serving = view.Serving,
                Services = view.Services,
            }
            : view;
    }

    /// <summary>The parts of the registry's state, each as last read.</summary>
    private sealed record Contents(
        IReadOnlyDictionary<string, LiveServer> Servers, HostShell? Shell, IReadOnlyList<RealmRecord> Realms, IReadOnlyDictionary<string, string> Serving,
        IReadOnlyList<ServiceRecord> Services)
    {
        public static Contents Nothing { get; } = new(new Dictionary<string, LiveServer>(), null, [], new Dictionary<string, string>(), []);
    }
}
