using Fleet.Contracts;
using Fleet.Registry.Events;
using Fleet.Registry.Services;
using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisServiceDirectory(RedisConnection connection, ILogger<RedisServiceDirectory> logger) : IServiceDirectory
{
    public Task AnnounceAsync(ServiceRecord record, CancellationToken cancellationToken) => connection.EvaluateAsync(
        RedisScript.Announce,
        [RedisKeys.Services],
        [record.Name, RegistryJson.Write(record), RedisKeys.EventsName, RegistryJson.Write(new FleetEvent(FleetEventKind.Services, record.Name, 0))],
        cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        connection.CallAsync("remove a service", database => database.HashDeleteAsync(RedisKeys.Services, name), cancellationToken);

    public async Task<IReadOnlyList<ServiceRecord>> ListAsync(CancellationToken cancellationToken)
    {
        var entries = await LiveEntry.ListAsync(connection, RedisKeys.Services, RegistryTtl.Service, cancellationToken);
        return
        [
            .. entries.Select(entry => RegistryJson.Read<ServiceRecord>(entry.Payload, $"{RedisKeys.Services} {entry.Field}", logger)).OfType<ServiceRecord>()
                .OrderBy(service => service.Kind).ThenBy(service => service.Name, StringComparer.Ordinal),
        ];
    }
}
