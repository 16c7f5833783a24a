using Fleet.Contracts;
using Fleet.Registry.Events;

namespace Fleet.Tests.Registry;

public abstract class ServiceDirectoryContract : ContractSuite
{
    private static readonly ServiceRecord Manager = new(ServiceKind.Manager, "manager/1", "1.0.0", DateTimeOffset.UnixEpoch);
    private static readonly ServiceRecord RealmServer = new(ServiceKind.RealmServer, "a-realm/1", "1.0.1", DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task ListAsync_Announced_OrderedByKindAndName()
    {
        var second = Manager with { Name = "manager/2" };
        foreach (var record in (ServiceRecord[])[RealmServer, second, Manager])
        {
            await Registry.Services.AnnounceAsync(record, Cancel);
        }

        Assert.Equal([Manager, second, RealmServer], await Registry.Services.ListAsync(Cancel));
    }

    [Fact]
    public async Task ListAsync_SilentService_Expires()
    {
        await Registry.Services.AnnounceAsync(Manager, Cancel);
        await Registry.AgeAsync(TimeSpan.FromSeconds(10));
        await Registry.Services.AnnounceAsync(RealmServer, Cancel);
        await Registry.AgeAsync(TimeSpan.FromSeconds(6));

        Assert.Equal([RealmServer], await Registry.Services.ListAsync(Cancel));
    }

    [Fact]
    public async Task RemoveAsync_ServiceThatStops_IsRemovedAtOnce()
    {
        await Registry.Services.AnnounceAsync(Manager, Cancel);
        await Registry.Services.RemoveAsync(Manager.Name, Cancel);

        Assert.Empty(await Registry.Services.ListAsync(Cancel));
    }

    [Fact]
    public async Task AnnounceAsync_Repeated_NotifiesOnce()
    {
        await using var notifications = await NotificationRecorder.StartAsync(Registry.Backplane);

        await Registry.Services.AnnounceAsync(Manager, Cancel);
        await Registry.Services.AnnounceAsync(Manager, Cancel);
        await Registry.Backplane.PublishAsync(new(FleetEventKind.Recycle, "end", 0), Cancel);

        await notifications.WaitForAsync(new(FleetEventKind.Recycle, "end", 0));
        Assert.Single(notifications.Received, notification => notification.Kind == FleetEventKind.Services);
    }
}

public sealed class InMemoryServiceDirectoryTests : ServiceDirectoryContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisServiceDirectoryTests(RedisCollection.Server redis) : ServiceDirectoryContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetServiceDirectoryTests(GarnetCollection.Server garnet) : ServiceDirectoryContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
