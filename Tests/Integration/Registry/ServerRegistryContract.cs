using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Events;

namespace Fleet.Tests.Registry;

public abstract class ServerRegistryContract : ContractSuite
{
    [Fact]
    public async Task ListAsync_Announced_IsAllThatWasAnnouncedWithTheRegistrysTime()
    {
        var before = await Registry.NowAsync();
        var record = Server("one") with
        {
            Slots = 8, Free = 3, Queue = 2, RecentRenderMs = 12.5, RecentBootMs = 700, State = ServerState.Draining,
            Shells = new Dictionary<string, int> { ["token"] = 5 },
            SlotStates = [new(1, "leased") { Affinity = "realm:a", AgeSeconds = 3 }],
        };

        await Registry.Servers.AnnounceAsync(record, Cancel);

        var listed = Assert.Single(await Registry.Servers.ListAsync(Cancel));
        Assert.Equal(record.Shells, listed.Shells);
        Assert.Equal(record.SlotStates, listed.SlotStates);
        Assert.Equal(record, listed with { Shells = record.Shells, SlotStates = record.SlotStates, SeenAt = record.SeenAt });
        Assert.InRange(listed.SeenAt, before.AddMilliseconds(-1), before.AddMinutes(1));
    }

    [Fact]
    public async Task ListAsync_Several_AreOrderedByName()
    {
        foreach (var name in (string[])["c", "a", "b"])
        {
            await Registry.Servers.AnnounceAsync(Server(name), Cancel);
        }

        Assert.Equal(["a", "b", "c"], (await Registry.Servers.ListAsync(Cancel)).Select(server => server.Name));
    }

    [Fact]
    public async Task GetAsync_SomeOfSeveral_AreThoseThatAreLive()
    {
        await Registry.Servers.AnnounceAsync(Server("silent"), Cancel);
        await Registry.AgeAsync(TimeSpan.FromSeconds(16));
        foreach (var name in (string[])["c", "a", "b", "removed"])
        {
            await Registry.Servers.AnnounceAsync(Server(name), Cancel);
        }

        await Registry.Servers.RemoveAsync("removed-incarnation", Cancel);

        var found = await Registry.Servers.GetAsync(["c-incarnation", "a-incarnation", "removed-incarnation", "silent-incarnation", "unknown"], Cancel);
        Assert.Equal(["a", "c"], found.Select(server => server.Name));
        var listed = (await Registry.Servers.ListAsync(Cancel))[0];
        Assert.Equal(listed, found[0] with { Shells = listed.Shells, SlotStates = listed.SlotStates });
        Assert.Empty(await Registry.Servers.GetAsync([], Cancel));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public async Task AnnounceAsync_Version_LowerIsIgnored(long version, bool written)
    {
        await Registry.Servers.AnnounceAsync(Server("one", version: 2), Cancel);

        await Registry.Servers.AnnounceAsync(Server("one", version) with { Free = 99 }, Cancel);

        Assert.Equal(written ? 99 : 0, Assert.Single(await Registry.Servers.ListAsync(Cancel)).Free);
    }

    [Fact]
    public async Task AnnounceAsync_AdjacentVersionsBeyondThePrecisionOfDoubles_LowerIsIgnored()
    {
        await Registry.Servers.AnnounceAsync(Server("one", long.MaxValue), Cancel);

        await Registry.Servers.AnnounceAsync(Server("one", long.MaxValue - 1) with { Free = 99 }, Cancel);

        Assert.Equal(0, Assert.Single(await Registry.Servers.ListAsync(Cancel)).Free);
    }

    [Fact]
    public async Task AnnounceAsync_NegativeVersion_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Registry.Servers.AnnounceAsync(Server("one", -1), Cancel));

    [Fact]
    public async Task AnnounceAsync_RestartedServer_IsAnotherIncarnation()
    {
        await Registry.Servers.AnnounceAsync(Server("one", version: 50), Cancel);

        await Registry.Servers.AnnounceAsync(Server("one", version: 0) with { Incarnation = "restarted" }, Cancel);

        Assert.Equal(2, (await Registry.Servers.ListAsync(Cancel)).Count);
    }

    [Fact]
    public async Task ListAsync_SilentServer_Expires()
    {
        await Registry.Servers.AnnounceAsync(Server("silent"), Cancel);
        await Registry.Servers.AnnounceAsync(Server("alive"), Cancel);
        await Registry.AgeAsync(TimeSpan.FromSeconds(10));
        await Registry.Servers.AnnounceAsync(Server("alive"), Cancel);
        await Registry.AgeAsync(TimeSpan.FromSeconds(6));

        Assert.Equal(["alive"], (await Registry.Servers.ListAsync(Cancel)).Select(server => server.Name));
    }

    [Fact]
    public async Task ListAsync_SilentServerReportsAgain_IsListedAgain()
    {
        await Registry.Servers.AnnounceAsync(Server("one"), Cancel);
        await Registry.AgeAsync(RegistryTtl.Server * 2);
        Assert.Empty(await Registry.Servers.ListAsync(Cancel));

        await Registry.Servers.AnnounceAsync(Server("one"), Cancel);

        Assert.Single(await Registry.Servers.ListAsync(Cancel));
    }

    [Fact]
    public async Task RemoveAsync_Server_TakesItsWarmListAlong()
    {
        await Registry.Servers.AnnounceAsync(Server("one"), Cancel);
        await Registry.WarmAffinities.ReplaceAsync("one-incarnation", Warm("realm:a"), Cancel);

        await Registry.Servers.RemoveAsync("one-incarnation", Cancel);

        Assert.Empty(await Registry.Servers.ListAsync(Cancel));
        Assert.Empty(await Registry.WarmAffinities.GetAsync(["one-incarnation"], Cancel));
    }

    [Fact]
    public async Task AnnounceAsync_HeartbeatAfterTheRemoval_DoesNotRegisterItAgain()
    {
        await Registry.Servers.AnnounceAsync(Server("one"), Cancel);
        await Registry.Servers.RemoveAsync("one-incarnation", Cancel);
        await Registry.AgeAsync(TimeSpan.FromSeconds(30));

        await Registry.Servers.AnnounceAsync(Server("one", version: 9), Cancel);
        await Registry.WarmAffinities.ReplaceAsync("one-incarnation", Warm("realm:a"), Cancel);

        Assert.Empty(await Registry.Servers.ListAsync(Cancel));
        Assert.Empty(await Registry.WarmAffinities.GetAsync(["one-incarnation"], Cancel));
    }

    [Fact]
    public async Task AnnounceAsync_Changes_AreHintedAndRepeatsAreNot()
    {
        await using var notifications = await NotificationRecorder.StartAsync(Registry.Backplane);

        await Registry.Servers.AnnounceAsync(Server("one", version: 1), Cancel);
        await Registry.Servers.AnnounceAsync(Server("one", version: 1), Cancel);
        await Registry.Servers.AnnounceAsync(Server("one", version: 2), Cancel);
        await Registry.Servers.RemoveAsync("one-incarnation", Cancel);
        await Registry.Servers.RemoveAsync("one-incarnation", Cancel);
        await Registry.Backplane.PublishAsync(new(FleetEventKind.Recycle, "end", 0), Cancel);

        await notifications.WaitForAsync(new(FleetEventKind.Recycle, "end", 0));
        Assert.Equal([1L, 2L, 0L], notifications.Received.Where(notification => notification.Kind == FleetEventKind.Servers).Select(notification => notification.Version));
    }

    private static ServerRecord Server(string name, long version = 1) => new()
    {
        Incarnation = name + "-incarnation", Name = name, Url = "http://127.0.0.1:5301", State = ServerState.Ready, Version = version,
    };

    private static HashSet<string> Warm(string affinity) => [affinity];
}

public sealed class InMemoryServerRegistryTests : ServerRegistryContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisServerRegistryTests(RedisCollection.Server redis) : ServerRegistryContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetServerRegistryTests(GarnetCollection.Server garnet) : ServerRegistryContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
