using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.Registry.Services;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
internal sealed class InMemoryServiceDirectory(TimeProvider timeProvider, ChangeListeners notifications) : IServiceDirectory
{
    private readonly Lock _gate = new();
    private readonly LiveSet<ServiceRecord> _announced = new(timeProvider, RegistryTtl.Service);

    public Task AnnounceAsync(ServiceRecord record, CancellationToken cancellationToken)
    {
        bool changed;
        lock (_gate)
        {
            changed = !_announced.TryGet(record.Name, out var before) || before != record;
            _announced.Set(record.Name, record);
        }

        if (changed)
        {
            notifications.Raise(new FleetEvent(FleetEventKind.Services, record.Name, 0));
        }

        return Task.CompletedTask;
    }

    public Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _announced.Remove(name);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<ServiceRecord>> ListAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<ServiceRecord>>(
                [.. _announced.Live().Values.Select(entry => entry.Value).OrderBy(service => service.Kind).ThenBy(service => service.Name, StringComparer.Ordinal)]);
        }
    }
}
