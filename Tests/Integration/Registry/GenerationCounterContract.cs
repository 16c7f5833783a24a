namespace Fleet.Tests.Registry;

public abstract class GenerationCounterContract : ContractSuite
{
    [Fact]
    public async Task NextAsync_ManyAtOnce_EachIsAnother()
    {
        var generations = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Registry.Generations.NextAsync("recycle", Cancel)));
        Assert.Equal(50, generations.Distinct().Count());
    }

    [Fact]
    public async Task NextAsync_Again_IsHigher()
    {
        var first = await Registry.Generations.NextAsync("recycle", Cancel);
        Assert.True(await Registry.Generations.NextAsync("recycle", Cancel) > first);
    }

    [Fact]
    public async Task NextAsync_First_IsTheRegistrysTime_SoThatALostCountStillGrows()
    {
        var before = (await Registry.NowAsync()).ToUnixTimeMilliseconds();
        Assert.InRange(await Registry.Generations.NextAsync("recycle", Cancel), before, before + 60_000);
    }
}

public sealed class InMemoryGenerationCounterTests : GenerationCounterContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisGenerationCounterTests(RedisCollection.Server redis) : GenerationCounterContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}
