using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Jobs;
using Fleet.Registry.Redis;
using Fleet.Tests.Rendering;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.Registry;

/// <summary>Boundary 4: data in Redis grants no rights. A record with an address counts only if a service of this fleet has signed it.</summary>
[Collection(RedisCollection.Name)]
public sealed class SignedRecordTests(RedisCollection.Server redis)
{
    private const string AnotherKey = "another-key-of-the-attacker-0123456";

    private static readonly RealmRecord s_realm = new("http://127.0.0.1:5100/elements/", "Elements");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_ServerRecordWithoutSignature_IsIgnoredWithOneWarning()
    {
        using var logs = new LogRecorder();
        await using var registry = await EmptyAsync(logs);
        await registry.Servers.AnnounceAsync(Record("real"), Cancel);
        var forged = RegistryJson.Write(Record("forged") with { Url = "http://10.0.0.66:80" });

        foreach (var signed in new[] { forged, $"- - {forged}", $"{new string('0', 64)} {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()} {forged}" })
        {
            await registry.Database.HashSetAsync(RedisKeys.Servers, "forged", $"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()} {SortableVersion.Format(9)} {signed}");
            Assert.Equal("real", Assert.Single(await registry.Servers.ListAsync(Cancel)).Incarnation);
            Assert.Empty(await registry.Servers.GetAsync(["forged"], Cancel));
        }

        Assert.Contains("Fleet:AdminKey", Assert.Single(logs.Lines, line => line.Contains("forged", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_RecordsOfAnotherKey_AreIgnored()
    {
        await using var registry = await EmptyAsync();
        await using var other = await RedisRegistryUnderTest.ConnectAsync(redis.ConnectionString, TimeProvider.System, AnotherKey);
        await using var none = await RedisRegistryUnderTest.ConnectAsync(redis.ConnectionString, TimeProvider.System, adminKey: null);
        await other.Servers.AnnounceAsync(Record("other"), Cancel);
        await other.Realms.AnnounceAsync("other", [s_realm], Cancel);
        await none.Servers.AnnounceAsync(Record("none"), Cancel);
        await none.Realms.AnnounceAsync("none", [s_realm], Cancel);

        Assert.Empty(await registry.Servers.ListAsync(Cancel));
        Assert.Empty(await registry.Realms.ListAsync(Cancel));
    }

    // A signed record is valid where its service wrote it, and as it was written.
    [Fact]
    public async Task List_SignedRecordThatWasChangedOrMoved_IsIgnored()
    {
        await using var registry = await EmptyAsync();
        await registry.Servers.AnnounceAsync(Record("a"), Cancel);
        await registry.Realms.AnnounceAsync("realm-0", [s_realm], Cancel);
        var server = (await registry.Database.HashGetAsync(RedisKeys.Servers, "a")).ToString();
        var realm = (await registry.Database.HashGetAsync(RedisKeys.Realms, "realm-0")).ToString();

        await registry.Database.HashSetAsync(RedisKeys.Servers, "b", server);
        await registry.Database.HashSetAsync(RedisKeys.Servers, "a", server.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal));
        await registry.Database.HashSetAsync(RedisKeys.Realms, "realm-1", realm);
        await registry.Database.HashSetAsync(RedisKeys.Realms, "realm-0", realm.Replace("5100", "5101", StringComparison.Ordinal));

        Assert.Empty(await registry.Servers.ListAsync(Cancel));
        Assert.Empty(await registry.Realms.ListAsync(Cancel));
    }

    // The renders of a job have the rights of the admin key.
    [Fact]
    public async Task GetAsync_JobThatWasChangedOrIsOfAnotherKey_IsNoJob()
    {
        await using var registry = await EmptyAsync();
        await using var other = await RedisRegistryUnderTest.ConnectAsync(redis.ConnectionString, TimeProvider.System, AnotherKey);
        var definition = new JobDefinition(JobKind.Batch, new() { Webhook = "https://hooks.example/" });
        await registry.Jobs.CreateAsync("1", definition, [new("http://h/")], null, 10, Cancel);
        await other.Jobs.CreateAsync("2", definition, [new("http://h/")], null, 10, Cancel);
        Assert.Equal("https://hooks.example/", (await registry.Jobs.GetAsync("1", Cancel))!.Webhook!.Url);
        Assert.Null(await registry.Jobs.GetAsync("2", Cancel));

        var record = (await registry.Database.HashGetAsync(RedisKeys.Job("1"), "record")).ToString();
        await registry.Database.HashSetAsync(RedisKeys.Job("1"), "record", record.Replace("hooks.example", "other.example", StringComparison.Ordinal));
        Assert.Null(await registry.Jobs.GetAsync("1", Cancel));
    }

    // The address of a stopped server may belong to another program by now.
    [Fact]
    public async Task List_OldSignatureWithANewTime_IsIgnored()
    {
        var clock = new ShiftedClock(TimeSpan.FromMinutes(-10));
        await using var old = await RedisRegistryUnderTest.ConnectAsync(redis.ConnectionString, clock);
        await old.Database.ExecuteAsync("FLUSHALL");
        await using var registry = await RedisRegistryUnderTest.ConnectAsync(redis.ConnectionString, TimeProvider.System);
        await old.Servers.AnnounceAsync(Record("replayed"), Cancel);

        Assert.Empty(await registry.Servers.ListAsync(Cancel));
        Assert.Single(await old.Servers.ListAsync(Cancel));
    }

    [Fact]
    public async Task Announce_SignedRecord_ContainsNoKey()
    {
        await using var registry = await EmptyAsync();
        await registry.Servers.AnnounceAsync(Record("a"), Cancel);
        await registry.Realms.AnnounceAsync("realm-0", [s_realm], Cancel);

        foreach (var hash in new[] { RedisKeys.Servers, RedisKeys.Realms })
        {
            Assert.All(await registry.Database.HashValuesAsync(hash), value => Assert.DoesNotContain(RedisRegistryUnderTest.AdminKey, value.ToString(), StringComparison.Ordinal));
        }
    }

    private async Task<RedisRegistryUnderTest> EmptyAsync(LogRecorder? logs = null)
    {
        var logger = logs is null ? null : LoggerFactory.Create(builder => builder.AddProvider(logs)).CreateLogger<RecordSigner>();
        var registry = await RedisRegistryUnderTest.ConnectAsync(redis.ConnectionString, TimeProvider.System, logger: logger);
        await registry.Database.ExecuteAsync("FLUSHALL");
        return registry;
    }

    private static ServerRecord Record(string incarnation) => new()
    {
        Incarnation = incarnation,
        Name = "prerender-0",
        Url = "http://127.0.0.1:5301",
        State = ServerState.Ready,
        Version = 1,
    };

    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
