using Fleet.Contracts;
using Fleet.Registry.Events;
using Fleet.Tests.Processes;
using Fleet.Tests.Rendering;

namespace Fleet.Tests.Registry;

/// <summary>Two fleets on one Redis, each with a database and a prefix of its own in its connection string.</summary>
public sealed class SharedRedisTests
{
    private static readonly RealmRecord s_realm = new("http://127.0.0.1:5100/elements/", "Elements");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Registry_FleetsWithDatabasesOfTheirOwn_DoNotMeet()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var production = await RedisRegistryUnderTest.ConnectAsync(redis.ConnectionString, TimeProvider.System);
        await using var staging = await RedisRegistryUnderTest.ConnectAsync(redis.ConnectionString + ",defaultDatabase=1,channelPrefix=staging:", TimeProvider.System);
        await using var notifications = await NotificationRecorder.StartAsync(staging.Backplane);

        await production.HostShells.ClaimAsync(new("a", "realm-0", DateTimeOffset.UnixEpoch), Token);
        await production.Realms.AnnounceAsync("realm-0", [s_realm], Token);
        var foreign = new FleetEvent(FleetEventKind.Recycle, "operator of production", 1);
        await production.Backplane.PublishAsync(foreign, Token);

        var own = new FleetEvent(FleetEventKind.Recycle, "operator of staging", 1);
        await staging.Backplane.PublishAsync(own, Token);
        await notifications.WaitForAsync(own);
        Assert.DoesNotContain(foreign, notifications.Received);
        Assert.Null(await staging.HostShells.GetAsync(Token));
        Assert.Empty(await staging.Realms.ListAsync(Token));
        Assert.Equal([s_realm], await production.Realms.ListAsync(Token));
    }
}
