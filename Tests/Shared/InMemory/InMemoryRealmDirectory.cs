using Fleet.Registry;
using Fleet.Contracts;
using Fleet.Registry.Events;
using Fleet.Registry.Realms;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
internal sealed class InMemoryRealmDirectory(TimeProvider timeProvider, ChangeListeners notifications) : IRealmDirectory
{
    private readonly Lock _gate = new();
    private readonly LiveSet<RealmRecord[]> _announced = new(timeProvider, RegistryTtl.Realm);

    public Task AnnounceAsync(string instance, IReadOnlyCollection<RealmRecord> realms, CancellationToken cancellationToken)
    {
        bool changed;
        lock (_gate)
        {
            changed = !_announced.TryGet(instance, out var before) || before is null || !before.SequenceEqual(realms);
            _announced.Set(instance, [.. realms]);
        }

        if (changed)
        {
            notifications.Raise(new FleetEvent(FleetEventKind.Realms, instance, 0));
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RealmRecord>> ListAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(RealmMerge.Merge(_announced.Live().Values.Select(entry => entry.Value)));
        }
    }
}
