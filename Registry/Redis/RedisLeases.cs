using Fleet.Registry.Leases;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisLeases(RedisConnection connection) : ILeases
{
    public async Task<string> HoldAsync(string name, string holder, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        (string)(await connection.EvaluateAsync(
            RedisScript.HoldLease, [RedisKeys.Lease(name)], [holder, (long)timeToLive.TotalMilliseconds], cancellationToken))!;

    public Task ReleaseAsync(string name, string holder, CancellationToken cancellationToken) =>
        connection.EvaluateAsync(RedisScript.ReleaseLease, [RedisKeys.Lease(name)], [holder], cancellationToken);
}
