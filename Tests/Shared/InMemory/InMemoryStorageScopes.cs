using Fleet.Registry;
using Fleet.Registry.Storage;

namespace Fleet.Tests.InMemory;

/// <inheritdoc/>
internal sealed class InMemoryStorageScopes(TimeProvider timeProvider) : IStorageScopes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _rounds = new(StringComparer.Ordinal);
    private readonly List<Func<string, bool>> _stores = [];
    private DateTimeOffset? _counted;

    /// <summary>Adds a store that uses these scopes.</summary>
    /// <param name="remove">Removes all that the store has of a scope; true when there was something.</param>
    public void AddStore(Func<string, bool> remove) => _stores.Add(remove);

    /// <summary>Records that something is stored in a scope.</summary>
    public void Stored(string scope)
    {
        lock (_gate)
        {
            _rounds.TryAdd(scope, 0);
        }
    }

    public Task ServeAsync(IReadOnlyCollection<string> scopes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var scope in scopes.Where(_rounds.ContainsKey))
            {
                _rounds[scope] = 0;
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> CountRoundAsync(int rounds, int max, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = timeProvider.GetUtcNow();
            if (_counted is { } counted && (now - counted).Duration() < RegistryTtl.ScopeRound)
            {
                return Task.FromResult<IReadOnlyList<string>>([]);
            }

            _counted = now;
            foreach (var scope in _rounds.Keys.ToList())
            {
                _rounds[scope]++;
            }

            return Task.FromResult<IReadOnlyList<string>>([.. _rounds.Where(scope => scope.Value >= rounds).Select(scope => scope.Key).Take(max)]);
        }
    }

    public Task<bool> RemoveAsync(string scope, int rounds, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_rounds.GetValueOrDefault(scope) < rounds)
            {
                return Task.FromResult(false);
            }

            _rounds.Remove(scope);
            // Every store removes its part.
            return Task.FromResult(_stores.Select(remove => remove(scope)).ToList().Contains(true));
        }
    }
}
