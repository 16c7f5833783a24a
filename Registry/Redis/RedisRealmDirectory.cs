using Fleet.Contracts;
using Fleet.Registry.Events;
using Fleet.Registry.Realms;
using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisRealmDirectory(RedisConnection connection, RecordSigner signer, ILogger<RedisRealmDirectory> logger) : IRealmDirectory
{
    public Task AnnounceAsync(string instance, IReadOnlyCollection<RealmRecord> realms, CancellationToken cancellationToken) =>
        connection.EvaluateAsync(
            RedisScript.Announce,
            [RedisKeys.Realms],
            [
                instance, signer.Sign(RedisKeys.RealmsName, instance, RegistryJson.Write(realms), isDated: false), RedisKeys.EventsName,
                RegistryJson.Write(new FleetEvent(FleetEventKind.Realms, instance, 0)),
            ],
            cancellationToken);

    public async Task<IReadOnlyList<RealmRecord>> ListAsync(CancellationToken cancellationToken)
    {
        var entries = await LiveEntry.ListAsync(connection, RedisKeys.Realms, RegistryTtl.Realm, cancellationToken);
        return RealmMerge.Merge(entries.Select(entry =>
            signer.Verify(RedisKeys.RealmsName, entry.Field, entry.Payload, timeToLive: null) is { } json ? RegistryJson.Read<RealmRecord[]>(json, $"{RedisKeys.Realms} {entry.Field}", logger) ?? [] : []));
    }
}
