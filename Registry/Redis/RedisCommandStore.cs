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
        var name = KeyOf(affinity, key);
        var json = (byte[]?)await connection.CallAsync("read a command", database => database.StringGetAsync(name), cancellationToken);
        return json is null ? null : Read(json, name);
    }

    public async Task<CommandRecord?> StartAsync(string affinity, string key, CommandRecord start, CancellationToken cancellationToken)
    {
        var name = KeyOf(affinity, key);
        var known = (byte[]?)await connection.EvaluateAsync(
            RedisScript.StartCommand, [name], [RegistryJson.WriteBytes(start), (long)RegistryTtl.Command.TotalMilliseconds], cancellationToken);
        return known is null ? null : Read(known, name);
    }

    public Task FinishAsync(string affinity, string key, CommandRecord done, CancellationToken cancellationToken) => connection.CallAsync(
        "keep a command's result",
        database => database.StringSetAsync(KeyOf(affinity, key), RegistryJson.WriteBytes(done), RegistryTtl.Command),
        cancellationToken);

    // One that cannot be read was started nevertheless: it is not started again, whatever it was.
    private CommandRecord Read(byte[] json, RedisKey name) =>
        RegistryJson.Read<CommandRecord>(json, name.ToString(), logger) ?? new("", "another version of the fleet", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    // Neither a user's id nor a key that somebody made up belongs into a key of Redis as it is.
    private static RedisKey KeyOf(string affinity, string key) =>
        RedisKeys.Command(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{affinity}\n{key}"))));
}
