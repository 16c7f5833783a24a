using System.Security.Cryptography;
using System.Text;
using Fleet.Registry.Commands;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <inheritdoc/>
internal sealed class RedisCommandStore(RedisConnection connection, ILogger<RedisCommandStore> logger) : ICommandStore
{
    public async Task<CommandRecord?> GetAsync(string affinity, string key, CancellationToken cancellationToken)
    {
        var keys = KeysOf(affinity, key);
        return Read(await connection.CallAsync("read a command", database => database.StringGetAsync(keys), cancellationToken), keys[0]);
    }

    public async Task<CommandRecord?> StartAsync(string affinity, string key, CommandRecord start, CancellationToken cancellationToken)
    {
        var keys = KeysOf(affinity, key);
        var known = await connection.EvaluateAsync(
            RedisScript.StartCommand, keys, [RegistryJson.WriteBytes(start), RegistryTtl.Command.Milliseconds(), Math.Max(1, (long)start.Lasts.TotalMilliseconds)], cancellationToken);
        return Read((RedisValue[]?)known ?? [], keys[0]);
    }

    public Task FinishAsync(string affinity, string key, CommandRecord done, CancellationToken cancellationToken) => connection.CallAsync(
        "store a command's result",
        database => database.StringSetAsync(KeysOf(affinity, key)[0], RegistryJson.WriteBytes(done), RegistryTtl.Command),
        cancellationToken);

    // A record that cannot be read proves that the command was started, so it must not be started again.
    private CommandRecord? Read(RedisValue[] known, RedisKey name) => known is [{ IsNull: false } json, var running]
        ? (RegistryJson.Read<CommandRecord>((byte[])json!, name.ToString(), logger) ?? new("", "another version of the fleet", DateTimeOffset.UnixEpoch, TimeSpan.Zero))
            with { IsRunning = !running.IsNull }
        : null;

    // Hashed, because user ids and caller-supplied keys must not appear in Redis keys.
    private static RedisKey[] KeysOf(string affinity, string key)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{affinity}\n{key}")));
        return [RedisKeys.Command(hash), RedisKeys.RunningCommand(hash)];
    }
}
