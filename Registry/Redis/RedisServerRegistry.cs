using Fleet.Contracts;
using Fleet.Registry.Events;
using Fleet.Registry.Servers;
using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisServerRegistry(RedisConnection connection, RecordSigner signer, ILogger<RedisServerRegistry> logger) : IServerRegistry
{
    public Task AnnounceAsync(ServerRecord record, CancellationToken cancellationToken) => connection.EvaluateAsync(
        RedisScript.AnnounceServer,
        [RedisKeys.Servers, RedisKeys.RemovedServer(record.Incarnation)],
        [
            record.Incarnation, SortableVersion.Format(record.Version), signer.Sign(RedisKeys.ServersName, record.Incarnation, RegistryJson.Write(record), isDated: true), RedisKeys.EventsName,
            RegistryJson.Write(new FleetEvent(FleetEventKind.Servers, record.Incarnation, record.Version)),
        ],
        cancellationToken);

    public Task RemoveAsync(string incarnation, CancellationToken cancellationToken) => connection.EvaluateAsync(
        RedisScript.RemoveServer,
        [RedisKeys.Servers, RedisKeys.RemovedServer(incarnation), RedisKeys.Warm(incarnation)],
        [
            incarnation, RegistryTtl.RemovedServer.Milliseconds(), RedisKeys.EventsName,
            RegistryJson.Write(new FleetEvent(FleetEventKind.Servers, incarnation, 0)),
        ],
        cancellationToken);

    public async Task<IReadOnlyList<ServerRecord>> GetAsync(IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken) =>
        incarnations.Count == 0 ? [] : Read(await LiveEntry.GetAsync(connection, RedisKeys.Servers, incarnations, RegistryTtl.Server, cancellationToken));

    public async Task<IReadOnlyList<ServerRecord>> ListAsync(CancellationToken cancellationToken) =>
        Read(await LiveEntry.ListAsync(connection, RedisKeys.Servers, RegistryTtl.Server, cancellationToken));

    private IReadOnlyList<ServerRecord> Read(IEnumerable<LiveEntry> entries) =>
        [.. entries.Select(Read).OfType<ServerRecord>().OrderBy(server => server.Name, StringComparer.Ordinal)];

    // The payload is "version record"; only the script uses the version.
    private ServerRecord? Read(LiveEntry entry)
    {
        var signed = entry.Payload[(entry.Payload.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return signer.Verify(RedisKeys.ServersName, entry.Field, signed, RegistryTtl.Server) is { } json
            && RegistryJson.Read<ServerRecord>(json, $"{RedisKeys.Servers} {entry.Field}", logger) is { } record && record.Incarnation == entry.Field
                ? record with { SeenAt = entry.Seen }
                : null;
    }
}
