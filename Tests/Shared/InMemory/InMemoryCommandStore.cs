using Fleet.Registry;
using Fleet.Registry.Commands;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
internal sealed class InMemoryCommandStore(TimeProvider timeProvider) : ICommandStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string, string), (CommandRecord Record, DateTimeOffset RunsUntil, DateTimeOffset Until)> _records = [];
    private readonly Queue<((string, string) Key, DateTimeOffset Until)> _order = new();

    public Task<CommandRecord?> GetAsync(string affinity, string key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(Find(affinity, key));
        }
    }

    public Task<CommandRecord?> StartAsync(string affinity, string key, CommandRecord start, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Find(affinity, key) is { } known)
            {
                return Task.FromResult<CommandRecord?>(known);
            }

            Keep(affinity, key, start, timeProvider.GetUtcNow() + start.Lasts);
            return Task.FromResult<CommandRecord?>(null);
        }
    }

    public Task FinishAsync(string affinity, string key, CommandRecord done, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Keep(affinity, key, done, _records.GetValueOrDefault((affinity, key)).RunsUntil);
        }

        return Task.CompletedTask;
    }

    private void Keep(string affinity, string key, CommandRecord record, DateTimeOffset runsUntil)
    {
        var until = timeProvider.GetUtcNow() + RegistryTtl.Command;
        _records[(affinity, key)] = (record, runsUntil, until);
        _order.Enqueue(((affinity, key), until));
    }

    private CommandRecord? Find(string affinity, string key)
    {
        var now = timeProvider.GetUtcNow();
        while (_order.TryPeek(out var oldest) && oldest.Until <= now)
        {
            _order.Dequeue();
            if (_records.TryGetValue(oldest.Key, out var kept) && kept.Until <= now)
            {
                _records.Remove(oldest.Key);
            }
        }

        return _records.TryGetValue((affinity, key), out var found) ? found.Record with { IsRunning = now < found.RunsUntil } : null;
    }
}
