namespace Fleet.Tests.Registry;

public abstract class LeasesContract : ContractSuite
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task HoldAsync_Free_IsTheCallersUntilItRunsOut()
    {
        Assert.Equal("a", await Registry.Leases.HoldAsync("index", "a", s_minute, Cancel));
        Assert.Equal("a", await Registry.Leases.HoldAsync("index", "b", s_minute, Cancel));
        Assert.Equal("b", await Registry.Leases.HoldAsync("other", "b", s_minute, Cancel));

        await Registry.AgeAsync(s_minute * 2);

        Assert.Equal("b", await Registry.Leases.HoldAsync("index", "b", s_minute, Cancel));
    }

    [Fact]
    public async Task HoldAsync_ByTheHolder_ProlongsIt()
    {
        await Registry.Leases.HoldAsync("index", "a", s_minute, Cancel);
        await Registry.AgeAsync(s_minute * 0.75);
        await Registry.Leases.HoldAsync("index", "a", s_minute, Cancel);
        await Registry.AgeAsync(s_minute * 0.75);

        Assert.Equal("a", await Registry.Leases.HoldAsync("index", "b", s_minute, Cancel));
    }

    [Fact]
    public async Task ReleaseAsync_ByTheHolder_FreesItAndByAnotherDoesNot()
    {
        await Registry.Leases.HoldAsync("index", "a", s_minute, Cancel);

        await Registry.Leases.ReleaseAsync("index", "b", Cancel);
        Assert.Equal("a", await Registry.Leases.HoldAsync("index", "b", s_minute, Cancel));
        await Registry.Leases.ReleaseAsync("index", "a", Cancel);
        Assert.Equal("b", await Registry.Leases.HoldAsync("index", "b", s_minute, Cancel));
    }
}

public sealed class InMemoryLeasesTests : LeasesContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisLeasesTests(RedisCollection.Server redis) : LeasesContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetLeasesTests(GarnetCollection.Server garnet) : LeasesContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
