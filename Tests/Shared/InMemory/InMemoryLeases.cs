using Fleet.Registry.Leases;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
internal sealed class InMemoryLeases(TimeProvider timeProvider) : ILeases
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Holder, DateTimeOffset Until)> _leases = new(StringComparer.Ordinal);

    public Task<string> HoldAsync(string name, string holder, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = timeProvider.GetUtcNow();
            if (_leases.TryGetValue(name, out var lease) && lease.Holder != holder && lease.Until > now)
            {
                return Task.FromResult(lease.Holder);
            }

            _leases[name] = (holder, now + timeToLive);
            return Task.FromResult(holder);
        }
    }

    public Task ReleaseAsync(string name, string holder, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_leases.TryGetValue(name, out var lease) && lease.Holder == holder)
            {
                _leases.Remove(name);
            }
        }

        return Task.CompletedTask;
    }
}
