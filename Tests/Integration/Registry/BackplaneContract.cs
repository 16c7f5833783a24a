using Fleet.Registry.Events;
using Fleet.Registry.Redis;

namespace Fleet.Tests.Registry;

public abstract class BackplaneContract : ContractSuite
{
    private static readonly FleetEvent Hint = new(FleetEventKind.Servers, "prerender-0 \"é\"", long.MaxValue);

    [Fact]
    public async Task PublishAsync_TwoListeners_BothReceive()
    {
        await using var one = await HintRecorder.StartAsync(Registry.Backplane);
        await using var two = await HintRecorder.StartAsync(Registry.Backplane);

        await Registry.Backplane.PublishAsync(Hint, Cancel);

        await one.WaitForAsync(Hint);
        await two.WaitForAsync(Hint);
    }

    [Theory]
    [InlineData(FleetEventKind.HostShell)]
    [InlineData(FleetEventKind.Servers)]
    [InlineData(FleetEventKind.WarmAffinities)]
    [InlineData(FleetEventKind.Realms)]
    [InlineData(FleetEventKind.Recycle)]
    public async Task PublishAsync_Kind_Arrives(FleetEventKind kind)
    {
        await using var recorder = await HintRecorder.StartAsync(Registry.Backplane);

        await Registry.Backplane.PublishAsync(new(kind, "", 1), Cancel);

        await recorder.WaitForAsync(new(kind, "", 1));
    }

    [Fact]
    public async Task DisposeAsync_OfOneSubscription_OnlyThatOneReceivesNothing()
    {
        var gone = await HintRecorder.StartAsync(Registry.Backplane);
        await using var stays = await HintRecorder.StartAsync(Registry.Backplane);
        await gone.DisposeAsync();

        await Registry.Backplane.PublishAsync(Hint, Cancel);

        await stays.WaitForAsync(Hint);
        Assert.Empty(gone.Heard);
    }

    [Fact]
    public async Task PublishAsync_AListenerThrows_TheOthersReceive()
    {
        await using var faulty = await Registry.Backplane.SubscribeAsync(_ => throw new InvalidOperationException("planted"), Cancel);
        await using var recorder = await HintRecorder.StartAsync(Registry.Backplane);

        await Registry.Backplane.PublishAsync(Hint, Cancel);

        await recorder.WaitForAsync(Hint);
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
    public async Task OnMessage_NoHint_IsPassedOver(string message)
    {
        await using var recorder = await HintRecorder.StartAsync(Registry.Backplane);
        var end = new FleetEvent(FleetEventKind.Recycle, "end", 0);

        await ((RedisRegistryUnderTest)Registry).Database.PublishAsync(RedisKeys.Events, message);
        await Registry.Backplane.PublishAsync(end, Cancel);

        await recorder.WaitForAsync(end);
        Assert.Equal([end], recorder.Heard);
    }
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetBackplaneTests(GarnetCollection.Server garnet) : BackplaneContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
