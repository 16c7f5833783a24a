using Fleet.Registry.Events;
using Fleet.Registry.Servers;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisWarmAffinities(RedisConnection connection) : IWarmAffinities
{
    public Task ReplaceAsync(
        string incarnation, IReadOnlyDictionary<string, DateTimeOffset> affinities, CancellationToken cancellationToken) =>
        connection.EvaluateAsync(
            RedisScript.ReplaceWarm,
            [RedisKeys.Warm(incarnation), RedisKeys.RemovedServer(incarnation)],
            [
                RegistryTtl.Server.Milliseconds(), RedisKeys.EventsName,
                RegistryJson.Write(new FleetEvent(FleetEventKind.WarmAffinities, incarnation, 0)),
                .. affinities.SelectMany(entry => new RedisValue[] { entry.Key, entry.Value.Milliseconds() }),
            ],
            cancellationToken);

    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, DateTimeOffset>>> GetAsync(
        IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken)
    {
        var lists = await connection.CallAsync(
            "read warm lists",
            database => Task.WhenAll(incarnations.Select(incarnation => database.HashGetAllAsync(RedisKeys.Warm(incarnation)))),
            cancellationToken);
        return incarnations.Zip(lists)
            .Where(pair => pair.Second.Length > 0)
            .ToDictionary(
                pair => pair.First,
                IReadOnlyDictionary<string, DateTimeOffset> (pair) => pair.Second.ToDictionary(
                    entry => entry.Name.ToString(), entry => RedisTime.Parse(entry.Value.ToString())));
    }
}
