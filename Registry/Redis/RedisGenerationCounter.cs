using System.Globalization;
using Fleet.Registry.Generations;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisGenerationCounter(RedisConnection connection) : IGenerationCounter
{
    public async Task<long> NextAsync(string name, CancellationToken cancellationToken) => long.Parse(
        (string)(await connection.EvaluateAsync(RedisScript.NextGeneration, [RedisKeys.Generation(name)], [], cancellationToken))!, CultureInfo.InvariantCulture);
}
