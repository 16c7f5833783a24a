using Fleet.Registry.Events;
using Fleet.Registry.Redis;

namespace Fleet.Tests.Registry;

public abstract class BackplaneContract : ContractSuite
{
    private static readonly FleetEvent Notification = new(FleetEventKind.Servers, "prerender-0 \"é\"", long.MaxValue);

    [Fact]
    public async Task PublishAsync_TwoListeners_BothReceive()
    {
        await using var one = await NotificationRecorder.StartAsync(Registry.Backplane);
        await using var two = await NotificationRecorder.StartAsync(Registry.Backplane);

        await Registry.Backplane.PublishAsync(Notification, Cancel);

        await one.WaitForAsync(Notification);
        await two.WaitForAsync(Notification);
    }

    [Theory]
    [InlineData(FleetEventKind.HostShell)]
    [InlineData(FleetEventKind.Servers)]
    [InlineData(FleetEventKind.WarmAffinities)]
    [InlineData(FleetEventKind.Realms)]
    [InlineData(FleetEventKind.Recycle)]
    public async Task PublishAsync_Kind_Arrives(FleetEventKind kind)
    {
        await using var recorder = await NotificationRecorder.StartAsync(Registry.Backplane);

        await Registry.Backplane.PublishAsync(new(kind, "", 1), Cancel);

        await recorder.WaitForAsync(new(kind, "", 1));
    }

    [Fact]
    public async Task DisposeAsync_OfOneSubscription_OnlyThatOneReceivesNothing()
    {
        var gone = await NotificationRecorder.StartAsync(Registry.Backplane);
        await using var stays = await NotificationRecorder.StartAsync(Registry.Backplane);
        await gone.DisposeAsync();

        await Registry.Backplane.PublishAsync(Notification, Cancel);

        await stays.WaitForAsync(Notification);
        Assert.Empty(gone.Received);
    }

    [Fact]
    public async Task PublishAsync_AListenerThrows_TheOthersReceive()
    {
        await using var faulty = await Registry.Backplane.SubscribeAsync(_ => throw new InvalidOperationException("planted"), Cancel);
        await using var recorder = await NotificationRecorder.StartAsync(Registry.Backplane);

        await Registry.Backplane.PublishAsync(Notification, Cancel);

        await recorder.WaitForAsync(Notification);
    }
}

public sealed class InMemoryBackplaneTests : BackplaneContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisBackplaneTests(RedisCollection.Server redis) : BackplaneContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"kind":"unheardOf","subject":"","version":1}""")]
    public async Task OnMessage_InvalidNotification_IsIgnored(string message)
    {
        await using var recorder = await NotificationRecorder.StartAsync(Registry.Backplane);
        var end = new FleetEvent(FleetEventKind.Recycle, "end", 0);

        await ((RedisRegistryUnderTest)Registry).Database.PublishAsync(RedisKeys.Events, message);
        await Registry.Backplane.PublishAsync(end, Cancel);

        await recorder.WaitForAsync(end);
        Assert.Equal([end], recorder.Received);
    }
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetBackplaneTests(GarnetCollection.Server garnet) : BackplaneContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
