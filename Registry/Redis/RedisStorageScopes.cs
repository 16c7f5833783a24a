using Fleet.Registry.Storage;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisStorageScopes(RedisConnection connection) : IStorageScopes
{
    public Task ServeAsync(IReadOnlyCollection<string> scopes, CancellationToken cancellationToken) => scopes.Count == 0
        ? Task.CompletedTask
        : connection.EvaluateAsync(RedisScript.ServeScopes, [RedisKeys.Scopes], [.. scopes.Select(scope => (RedisValue)scope)], cancellationToken);

    public async Task<IReadOnlyList<string>> CountRoundAsync(int rounds, int max, CancellationToken cancellationToken)
    {
        var unserved = await connection.EvaluateAsync(
            RedisScript.CountScopeRound, [RedisKeys.Scopes, RedisKeys.ScopeRound], [rounds, max, RegistryTtl.ScopeRound.Milliseconds()], cancellationToken);
        return [.. ((RedisValue[]?)unserved ?? []).Select(scope => scope.ToString())];
    }

    public async Task<bool> RemoveAsync(string scope, int rounds, CancellationToken cancellationToken) =>
        (long)await connection.EvaluateAsync(RedisScript.RemoveScope, [RedisKeys.Scopes, .. RedisKeys.OfScope(scope)], [scope, rounds], cancellationToken) == 1;
}
