using Fleet.Registry.Generations;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
internal sealed class InMemoryGenerationCounter(TimeProvider timeProvider) : IGenerationCounter
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _generations = new(StringComparer.Ordinal);

    public Task<long> NextAsync(string name, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_generations[name] = Math.Max(_generations.GetValueOrDefault(name) + 1, timeProvider.GetUtcNow().ToUnixTimeMilliseconds()));
        }
    }
}
