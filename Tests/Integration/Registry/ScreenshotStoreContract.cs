using Fleet.Registry.Screenshots;

namespace Fleet.Tests.Registry;

public abstract class ScreenshotStoreContract : ContractSuite
{
    private const string Realm = "http://127.0.0.1:5100/elements/";
    private const string Url = Realm + "hydrogen";
    private const long NoBound = long.MaxValue;

    [Fact]
    public async Task Get_NothingStored_IsNull()
    {
        Assert.Null(await Registry.Screenshots.GetAsync(Realm, Url, Cancel));
        Assert.Null(await Registry.Screenshots.GetFactsAsync(Realm, Url, Cancel));
        Assert.Empty(await Registry.Screenshots.GetFactsAsync(Realm, Cancel));
    }

    [Fact]
    public async Task Get_Stored_IsTheLatestToTheByte()
    {
        byte[] bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];
        Assert.True(await Registry.Screenshots.StoreAsync(Screenshot(Url, [1, 2, 3], "old"), NoBound, Cancel));
        Assert.True(await Registry.Screenshots.StoreAsync(Screenshot(Url, bytes, "new"), NoBound, Cancel));

        var stored = await Registry.Screenshots.GetAsync(Realm, Url, Cancel);

        Assert.Equal(bytes, stored!.Bytes);
        Assert.Equal(new ScreenshotFacts("new", "look", 1200, 630), stored.Facts);
        Assert.Equal(stored.Facts, await Registry.Screenshots.GetFactsAsync(Realm, Url, Cancel));
        Assert.Equal([Url], (await Registry.Screenshots.GetFactsAsync(Realm, Cancel)).Keys);
        Assert.Null(await Registry.Screenshots.GetAsync(Realm + "other/", Url, Cancel));
    }

    [Fact]
    public async Task Store_BeyondTheBound_IsRefusedUntilThereIsRoom()
    {
        Assert.True(await Registry.Screenshots.StoreAsync(Screenshot(Realm + "a", new byte[60], "a"), 100, Cancel));
        Assert.False(await Registry.Screenshots.StoreAsync(Screenshot(Realm + "b", new byte[50], "b"), 100, Cancel));
        Assert.Null(await Registry.Screenshots.GetAsync(Realm, Realm + "b", Cancel));
        // A screenshot that replaces a larger one always fits.
        Assert.True(await Registry.Screenshots.StoreAsync(Screenshot(Realm + "a", new byte[55], "c"), 10, Cancel));

        await Registry.Screenshots.RemoveAsync(Realm, Realm + "a", Cancel);
        await Registry.Screenshots.RemoveAsync(Realm, Realm + "never", Cancel);

        Assert.Null(await Registry.Screenshots.GetFactsAsync(Realm, Realm + "a", Cancel));
        Assert.True(await Registry.Screenshots.StoreAsync(Screenshot(Realm + "b", new byte[100], "b"), 100, Cancel));
    }

    private static StoredScreenshot Screenshot(string url, byte[] bytes, string tag) => new(Realm, url, new(tag, "look", 1200, 630), bytes);
}

public sealed class InMemoryScreenshotStoreTests : ScreenshotStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisScreenshotStoreTests(RedisCollection.Server redis) : ScreenshotStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetScreenshotStoreTests(GarnetCollection.Server garnet) : ScreenshotStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
