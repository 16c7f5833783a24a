using Fleet.Contracts;
using Fleet.Registry.HostShells;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisHostShellStore(RedisConnection connection) : IHostShellStore
{
    private static readonly RedisValue[] Fields = ["token", "generation", "changedAt", "reporter"];

    public async Task<HostShell?> GetAsync(CancellationToken cancellationToken)
    {
        var values = await connection.CallAsync(
            "read the host shell", database => database.HashGetAsync(RedisKeys.HostShell, Fields), cancellationToken);
        return values[0].IsNull ? null : Parse(values);
    }

    public async Task<ClaimResult> ClaimAsync(HostShellClaim claim, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(claim.Instance, "HostShellClaim.Instance");
        RedisValue[] arguments =
        [
            ShellToken.Normalize(claim.Token), claim.Instance, claim.BuiltAt.Milliseconds(), claim.Force ? 1 : 0,
            RegistryTtl.Serving.Milliseconds(), RedisKeys.EventsName,
        ];
        var result = await connection.EvaluateAsync(RedisScript.Claim, [RedisKeys.HostShell, RedisKeys.Serving], arguments, cancellationToken);
        var values = (RedisValue[]?)result ?? [];
        return new(Parse(values), Changed: values[4] == 1);
    }

    public async Task<IReadOnlyDictionary<string, string>> GetServingAsync(CancellationToken cancellationToken)
    {
        var entries = await LiveEntry.ListAsync(connection, RedisKeys.Serving, RegistryTtl.Serving, cancellationToken);
        return entries.ToDictionary(entry => entry.Field, entry => entry.Payload);
    }

    public Task StopServingAsync(string instance, CancellationToken cancellationToken) => connection.CallAsync(
        "leave the serving set", database => database.HashDeleteAsync(RedisKeys.Serving, instance), cancellationToken);

    // In the order of Fields.
    private static HostShell Parse(RedisValue[] values) =>
        new(values[0].ToString(), (long)values[1], RedisTime.Parse(values[2].ToString()), values[3].ToString());
}
