using Fleet.Contracts;
using Fleet.Registry.Events;

namespace Fleet.Tests.Registry;

public abstract class RealmDirectoryContract : ContractSuite
{
    private static readonly RealmRecord Elements = new("http://127.0.0.1:5100/elements/", "Elements");
    private static readonly RealmRecord Trees = new("http://127.0.0.1:5100/trees/", "Trees");

    [Fact]
    public async Task ListAsync_TwoReplicasOfTheSameRealms_EachOnceByUrl()
    {
        await Registry.Realms.AnnounceAsync("realm-0", [Trees, Elements], Cancel);
        await Registry.Realms.AnnounceAsync("realm-1", [Elements, Trees], Cancel);

        Assert.Equal([Elements, Trees], await Registry.Realms.ListAsync(Cancel));
    }

    [Fact]
    public async Task AnnounceAsync_Again_ReplacesWhatTheReplicaAnnounced()
    {
        await Registry.Realms.AnnounceAsync("realm-0", [Elements, Trees], Cancel);
        await Registry.Realms.AnnounceAsync("realm-0", [Trees], Cancel);

        Assert.Equal([Trees], await Registry.Realms.ListAsync(Cancel));
    }

    [Fact]
    public async Task AnnounceAsync_Nothing_WithdrawsTheReplicasRealms()
    {
        await Registry.Realms.AnnounceAsync("realm-0", [Elements], Cancel);
        await Registry.Realms.AnnounceAsync("realm-0", [], Cancel);

        Assert.Empty(await Registry.Realms.ListAsync(Cancel));
    }

    [Fact]
    public async Task ListAsync_ReplicasDisagreeOnAName_EveryReaderSeesTheSame()
    {
        await Registry.Realms.AnnounceAsync("realm-0", [Elements with { Name = "B" }], Cancel);
        await Registry.Realms.AnnounceAsync("realm-1", [Elements with { Name = "A" }], Cancel);

        Assert.Equal("A", Assert.Single(await Registry.Realms.ListAsync(Cancel)).Name);
    }

    [Fact]
    public async Task ListAsync_SilentReplica_ItsRealmsExpire()
    {
        await Registry.Realms.AnnounceAsync("silent", [Elements], Cancel);
        await Registry.AgeAsync(TimeSpan.FromSeconds(10));
        await Registry.Realms.AnnounceAsync("alive", [Trees], Cancel);
        await Registry.AgeAsync(TimeSpan.FromSeconds(6));

        Assert.Equal([Trees], await Registry.Realms.ListAsync(Cancel));
    }

    [Fact]
    public async Task AnnounceAsync_Changes_AreHintedAndRepeatsAreNot()
    {
        await using var notifications = await NotificationRecorder.StartAsync(Registry.Backplane);

        await Registry.Realms.AnnounceAsync("realm-0", [Elements], Cancel);
        await Registry.Realms.AnnounceAsync("realm-0", [Elements], Cancel);
        await Registry.Realms.AnnounceAsync("realm-0", [Elements, Trees], Cancel);
        await Registry.Backplane.PublishAsync(new(FleetEventKind.Recycle, "end", 0), Cancel);

        await notifications.WaitForAsync(new(FleetEventKind.Recycle, "end", 0));
        Assert.Equal(2, notifications.Received.Count(notification => notification == new FleetEvent(FleetEventKind.Realms, "realm-0", 0)));
    }
}

public sealed class InMemoryRealmDirectoryTests : RealmDirectoryContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisRealmDirectoryTests(RedisCollection.Server redis) : RealmDirectoryContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetRealmDirectoryTests(GarnetCollection.Server garnet) : RealmDirectoryContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
