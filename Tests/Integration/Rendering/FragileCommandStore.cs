using System.Collections.Concurrent;
using Fleet.Registry;
using Fleet.Registry.Commands;

namespace Fleet.Tests.Rendering;

/// <summary>A command store that fails when the test requests it.</summary>
internal sealed class FragileCommandStore(ICommandStore inner) : ICommandStore
{
    /// <summary>Number of calls that succeed for a key before all later ones fail.</summary>
    public ConcurrentDictionary<string, int> AwayAfter { get; } = new();

    public Task<CommandRecord?> GetAsync(string affinity, string key, CancellationToken cancellationToken)
    {
        Pass(key);
        return inner.GetAsync(affinity, key, cancellationToken);
    }

    public Task<CommandRecord?> StartAsync(string affinity, string key, CommandRecord start, CancellationToken cancellationToken)
    {
        Pass(key);
        return inner.StartAsync(affinity, key, start, cancellationToken);
    }

    public Task FinishAsync(string affinity, string key, CommandRecord done, CancellationToken cancellationToken) =>
        inner.FinishAsync(affinity, key, done, cancellationToken);

    private void Pass(string key)
    {
        if (AwayAfter.ContainsKey(key) && AwayAfter.AddOrUpdate(key, 0, static (_, left) => left - 1) < 0)
        {
            throw new RegistryUnavailableException("Redis is away.", new TimeoutException());
        }
    }
}
