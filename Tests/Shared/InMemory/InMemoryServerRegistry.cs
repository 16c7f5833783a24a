using Fleet.Registry;
using Fleet.Contracts;
using Fleet.Registry.Events;
using Fleet.Registry.Servers;

namespace Fleet.Tests.InMemory;

/// <summary>Servers and their warm lists: one object, because unregistering removes both.</summary>
internal sealed class InMemoryServerRegistry(TimeProvider timeProvider, ChangeListeners notifications) : IServerRegistry, IWarmAffinities
{
    private readonly Lock _gate = new();
    private readonly LiveSet<ServerRecord> _servers = new(timeProvider, RegistryTtl.Server);
    private readonly LiveSet<IReadOnlySet<string>> _warm = new(timeProvider, RegistryTtl.Server);
    private readonly LiveSet<bool> _removed = new(timeProvider, RegistryTtl.RemovedServer);

    public Task AnnounceAsync(ServerRecord record, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(record.Version, "ServerRecord.Version");
        bool changed;
        lock (_gate)
        {
            var known = _servers.TryGet(record.Incarnation, out var stored);
            if (_removed.Live().ContainsKey(record.Incarnation) || stored?.Version > record.Version)
            {
                return Task.CompletedTask;
            }

            _servers.Set(record.Incarnation, record);
            changed = !known || stored?.Version != record.Version;
        }

        if (changed)
        {
            notifications.Raise(new FleetEvent(FleetEventKind.Servers, record.Incarnation, record.Version));
        }

        return Task.CompletedTask;
    }

    public Task RemoveAsync(string incarnation, CancellationToken cancellationToken)
    {
        bool changed;
        lock (_gate)
        {
            _removed.Set(incarnation, true);
            _warm.Remove(incarnation);
            changed = _servers.Remove(incarnation);
        }

        if (changed)
        {
            notifications.Raise(new FleetEvent(FleetEventKind.Servers, incarnation, 0));
        }

        return Task.CompletedTask;
    }

    async Task<IReadOnlyList<ServerRecord>> IServerRegistry.GetAsync(IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken) =>
        [.. (await ListAsync(cancellationToken)).Where(server => incarnations.Contains(server.Incarnation))];

    public Task<IReadOnlyList<ServerRecord>> ListAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<ServerRecord>>(
            [
                .. _servers.Live().Values.Select(entry => entry.Value with { SeenAt = entry.Seen }).OrderBy(server => server.Name, StringComparer.Ordinal),
            ]);
        }
    }

    public Task ReplaceAsync(string incarnation, IReadOnlySet<string> affinities, CancellationToken cancellationToken)
    {
        bool changed;
        lock (_gate)
        {
            if (_removed.Live().ContainsKey(incarnation))
            {
                return Task.CompletedTask;
            }

            var before = _warm.Live().TryGetValue(incarnation, out var stored) ? stored.Value : new HashSet<string>();
            changed = !affinities.SetEquals(before);
            _warm.Set(incarnation, affinities.ToHashSet(StringComparer.Ordinal));
        }

        if (changed)
        {
            notifications.Raise(new FleetEvent(FleetEventKind.WarmAffinities, incarnation, 0));
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> GetAsync(
        IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var live = _warm.Live();
            return Task.FromResult<IReadOnlyDictionary<string, IReadOnlySet<string>>>(incarnations
                .Where(incarnation => live.TryGetValue(incarnation, out var list) && list.Value.Count > 0)
                .ToDictionary(incarnation => incarnation, incarnation => live[incarnation].Value));
        }
    }
}
