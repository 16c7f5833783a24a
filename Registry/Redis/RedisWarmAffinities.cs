using Fleet.Registry.Events;
using Fleet.Registry.Servers;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisWarmAffinities(RedisConnection connection) : IWarmAffinities
{
    public Task ReplaceAsync(
        string incarnation, IReadOnlySet<string> affinities, CancellationToken cancellationToken) =>
        connection.EvaluateAsync(
            RedisScript.ReplaceWarm,
            [RedisKeys.Warm(incarnation), RedisKeys.RemovedServer(incarnation)],
            [
                RegistryTtl.Server.Milliseconds(), RedisKeys.EventsName,
                RegistryJson.Write(new FleetEvent(FleetEventKind.WarmAffinities, incarnation, 0)),
                .. affinities.Select(affinity => (RedisValue)affinity),
            ],
            cancellationToken);

    public async Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> GetAsync(
        IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken)
    {
        var lists = await connection.CallAsync(
            "read warm lists",
            database => Task.WhenAll(incarnations.Select(incarnation => database.HashKeysAsync(RedisKeys.Warm(incarnation)))),
            cancellationToken);
        return incarnations.Zip(lists)
            .Where(pair => pair.Second.Length > 0)
            .ToDictionary(
                pair => pair.First,
                IReadOnlySet<string> (pair) => pair.Second.Select(affinity => affinity.ToString()).ToHashSet(StringComparer.Ordinal));
    }
}
