using Fleet.Registry;
using Fleet.Registry.Events;

namespace Fleet.Tests.Registry;

public abstract class WarmAffinitiesContract : ContractSuite
{
    [Fact]
    public async Task GetAsync_SeveralServers_OnlyThoseThatHaveAList()
    {
        await ReplaceAsync("one", "realm:a", "realm:b");
        await ReplaceAsync("two", "user:é#\"scope\"");
        await ReplaceAsync("none");

        var warm = await Registry.WarmAffinities.GetAsync(["one", "two", "none", "unknown"], Cancel);

        Assert.Equal(["one", "two"], warm.Keys.Order());
        Assert.Equal(["realm:a", "realm:b"], warm["one"].Order());
        Assert.Equal(["user:é#\"scope\""], warm["two"]);
    }

    [Fact]
    public async Task GetAsync_NoServers_IsEmpty() => Assert.Empty(await Registry.WarmAffinities.GetAsync([], Cancel));

    [Fact]
    public async Task ReplaceAsync_Again_ReplacesTheWholeList()
    {
        await ReplaceAsync("one", "realm:a", "realm:b");
        await ReplaceAsync("one", "realm:b", "realm:c");

        var warm = await Registry.WarmAffinities.GetAsync(["one"], Cancel);

        Assert.Equal(["realm:b", "realm:c"], warm["one"].Order());
    }

    [Fact]
    public async Task ReplaceAsync_WithNothing_EmptiesTheList()
    {
        await ReplaceAsync("one", "realm:a");
        await ReplaceAsync("one");

        Assert.Empty(await Registry.WarmAffinities.GetAsync(["one"], Cancel));
    }

    [Fact]
    public async Task ReplaceAsync_ThousandAffinities_AllAreThere()
    {
        await ReplaceAsync("one", [.. Enumerable.Range(0, 1_000).Select(i => $"user:{i}")]);

        Assert.Equal(1_000, (await Registry.WarmAffinities.GetAsync(["one"], Cancel))["one"].Count);
    }

    [Fact]
    public async Task GetAsync_SilentServer_HasNoListAnyMore()
    {
        await ReplaceAsync("silent", "realm:a");
        await ReplaceAsync("alive", "realm:a");
        await Registry.AgeAsync(TimeSpan.FromSeconds(10));
        await ReplaceAsync("alive", "realm:a");
        await Registry.AgeAsync(RegistryTtl.Server - TimeSpan.FromSeconds(9));

        Assert.Equal(["alive"], (await Registry.WarmAffinities.GetAsync(["silent", "alive"], Cancel)).Keys);
    }

    [Fact]
    public async Task ReplaceAsync_Changes_AreHintedAndRepeatsAreNot()
    {
        await using var notifications = await NotificationRecorder.StartAsync(Registry.Backplane);

        await ReplaceAsync("one", "realm:a");
        await ReplaceAsync("one", "realm:a");
        await ReplaceAsync("two", "realm:a");
        await ReplaceAsync("one", "realm:b");
        await ReplaceAsync("one");
        await ReplaceAsync("one");
        await Registry.Backplane.PublishAsync(new(FleetEventKind.Recycle, "end", 0), Cancel);

        await notifications.WaitForAsync(new(FleetEventKind.Recycle, "end", 0));
        Assert.Equal(
            ["one", "two", "one", "one"],
            notifications.Received.Where(notification => notification.Kind == FleetEventKind.WarmAffinities).Select(notification => notification.Subject));
    }

    private Task ReplaceAsync(string incarnation, params string[] affinities) =>
        Registry.WarmAffinities.ReplaceAsync(incarnation, affinities.ToHashSet(), Cancel);
}

public sealed class InMemoryWarmAffinitiesTests : WarmAffinitiesContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisWarmAffinitiesTests(RedisCollection.Server redis) : WarmAffinitiesContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetWarmAffinitiesTests(GarnetCollection.Server garnet) : WarmAffinitiesContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
