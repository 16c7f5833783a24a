using Fleet.Registry.Commands;
using Fleet.Registry.Events;
using Fleet.Registry.Generations;
using Fleet.Registry.HostShells;
using Fleet.Registry.Jobs;
using Fleet.Registry.Leases;
using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;
using Fleet.Registry.Realms;
using Fleet.Registry.Redis;
using Fleet.Registry.Servers;
using Fleet.Registry.Services;
using Fleet.Registry.Storage;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Tests.Registry;

/// <summary>The registry in a real Redis, or in a server with its protocol.</summary>
internal sealed class RedisRegistryUnderTest : RegistryUnderTest
{
    // Redis' clock cannot be moved, but stored times can: "seen" is set back, expiry times are shortened.
    private const string Age =
        """
        for _, key in ipairs(redis.call('KEYS', 'fleet:*')) do
            if redis.call('TYPE', key).ok == 'hash' then
                local entries = redis.call('HGETALL', key)
                for i = 1, #entries, 2 do
                    local seen, payload = string.match(entries[i + 1], '^(%d+) (.*)$')
                    if seen then
                        redis.call('HSET', key, entries[i], string.format('%.0f %s', seen - ARGV[1], payload))
                    end
                end
            end
            local left = redis.call('PTTL', key)
            if left > tonumber(ARGV[1]) then
                redis.call('PEXPIRE', key, left - ARGV[1])
            elseif left >= 0 then
                redis.call('DEL', key)
            end
        end
        """;

    public const string AdminKey = "key-of-the-registry-under-test-0123";

    private readonly ConnectionMultiplexer _multiplexer;
    private readonly RedisBackplane _backplane;

    private RedisRegistryUnderTest(ConnectionMultiplexer multiplexer, TimeProvider timeProvider, string? adminKey, ILogger<RecordSigner>? logger)
    {
        _multiplexer = multiplexer;
        Connection = new(multiplexer, timeProvider);
        var connection = Connection;
        var keys = new FleetKeys(Options.Create(new FleetOptions { AdminKey = adminKey }));
        var signer = new RecordSigner(keys, timeProvider, logger ?? NullLogger<RecordSigner>.Instance);
        HostShells = new RedisHostShellStore(connection);
        Servers = new RedisServerRegistry(connection, signer, NullLogger<RedisServerRegistry>.Instance);
        WarmAffinities = new RedisWarmAffinities(connection);
        Realms = new RedisRealmDirectory(connection, signer, NullLogger<RedisRealmDirectory>.Instance);
        Services = new RedisServiceDirectory(connection, NullLogger<RedisServiceDirectory>.Instance);
        Pages = new RedisPageStore(connection, NullLogger<RedisPageStore>.Instance);
        Screenshots = new RedisScreenshotStore(connection, NullLogger<RedisScreenshotStore>.Instance);
        StorageScopes = new RedisStorageScopes(connection);
        Generations = new RedisGenerationCounter(connection);
        Leases = new RedisLeases(connection);
        Commands = new RedisCommandStore(connection, NullLogger<RedisCommandStore>.Instance);
        Jobs = new RedisJobStore(connection, signer, NullLogger<RedisJobStore>.Instance);
        Backplane = _backplane = new RedisBackplane(connection, timeProvider, NullLogger<RedisBackplane>.Instance);
    }

    public RedisConnection Connection { get; }

    public IDatabase Database => _multiplexer.GetDatabase();

    public override IHostShellStore HostShells { get; }

    public override IServerRegistry Servers { get; }

    public override IWarmAffinities WarmAffinities { get; }

    public override IRealmDirectory Realms { get; }

    public override IServiceDirectory Services { get; }

    public override IPageStore Pages { get; }

    public override IScreenshotStore Screenshots { get; }

    public override IStorageScopes StorageScopes { get; }

    public override IGenerationCounter Generations { get; }

    public override ILeases Leases { get; }

    public override ICommandStore Commands { get; }

    public override IJobStore Jobs { get; }

    public override IBackplane Backplane { get; }

    /// <summary>Connects as the services do: a Redis that is away is waited for.</summary>
    /// <param name="connectionString">Address of Redis.</param>
    /// <param name="timeProvider">Clock of the deadlines, of signatures and of the backplane; not Redis' own.</param>
    /// <param name="adminKey">The key whose services write here; null for none.</param>
    /// <param name="logger">Logs records without a valid signature.</param>
    public static async Task<RedisRegistryUnderTest> ConnectAsync(
        string connectionString, TimeProvider timeProvider, string? adminKey = AdminKey, ILogger<RecordSigner>? logger = null) => new(
        await ConnectionMultiplexer.ConnectAsync(connectionString + ",abortConnect=false,connectTimeout=1000,syncTimeout=2000,allowAdmin=true"), timeProvider, adminKey, logger);

    public override Task AgeAsync(TimeSpan by) => Database.ScriptEvaluateAsync(Age, values: [(long)by.TotalMilliseconds]);

    public override async Task<DateTimeOffset> NowAsync()
    {
        var time = (RedisValue[]?)await Database.ExecuteAsync("TIME") ?? [];
        return DateTimeOffset.FromUnixTimeSeconds((long)time[0]).AddMicroseconds((long)time[1]);
    }

    public override async ValueTask DisposeAsync()
    {
        await _backplane.DisposeAsync();
        await _multiplexer.CloseAsync();
        _multiplexer.Dispose();
    }
}
