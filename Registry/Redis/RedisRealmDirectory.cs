using Fleet.Contracts;
using Fleet.Registry.Events;
using Fleet.Registry.Realms;
using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisRealmDirectory(RedisConnection connection, ILogger<RedisRealmDirectory> logger) : IRealmDirectory
{
    public Task AnnounceAsync(string instance, IReadOnlyCollection<RealmRecord> realms, CancellationToken cancellationToken) =>
        connection.EvaluateAsync(
            RedisScript.AnnounceRealms,
            [RedisKeys.Realms],
            [
                instance, RegistryJson.Write(realms), RedisKeys.EventsName,
                RegistryJson.Write(new FleetEvent(FleetEventKind.Realms, instance, 0)),
            ],
            cancellationToken);

    public async Task<IReadOnlyList<RealmRecord>> ListAsync(CancellationToken cancellationToken)
    {
        var entries = await LiveEntry.ListAsync(connection, RedisKeys.Realms, RegistryTtl.Realm, cancellationToken);
        return RealmMerge.Merge(entries.Select(entry => RegistryJson.Read<RealmRecord[]>(entry.Payload, $"{RedisKeys.Realms} {entry.Field}", logger) ?? []));
    }
}
