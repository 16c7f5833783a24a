using Fleet.Registry.Pictures;

namespace Fleet.Tests.Registry;

public abstract class PictureStoreContract : ContractSuite
{
    private const string Realm = "http://127.0.0.1:5100/elements/";
    private const string Url = Realm + "hydrogen";
    private const long NoBound = long.MaxValue;

    [Fact]
    public async Task Get_NothingStored_IsNull()
    {
        Assert.Null(await Registry.Pictures.GetAsync(Realm, Url, Cancel));
        Assert.Null(await Registry.Pictures.GetFactsAsync(Realm, Url, Cancel));
        Assert.Empty(await Registry.Pictures.GetFactsAsync(Realm, Cancel));
    }

    [Fact]
    public async Task Get_Stored_IsTheLatestToTheByte()
    {
        byte[] bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];
        Assert.True(await Registry.Pictures.StoreAsync(Picture(Url, [1, 2, 3], "old"), NoBound, Cancel));
        Assert.True(await Registry.Pictures.StoreAsync(Picture(Url, bytes, "new"), NoBound, Cancel));

        var stored = await Registry.Pictures.GetAsync(Realm, Url, Cancel);

        Assert.Equal(bytes, stored!.Bytes);
        Assert.Equal(new PictureFacts("new", "look", 1200, 630), stored.Facts);
        Assert.Equal(stored.Facts, await Registry.Pictures.GetFactsAsync(Realm, Url, Cancel));
        Assert.Equal([Url], (await Registry.Pictures.GetFactsAsync(Realm, Cancel)).Keys);
        Assert.Null(await Registry.Pictures.GetAsync(Realm + "other/", Url, Cancel));
    }

    [Fact]
    public async Task Store_BeyondTheBound_IsRefusedUntilThereIsRoom()
    {
        Assert.True(await Registry.Pictures.StoreAsync(Picture(Realm + "a", new byte[60], "a"), 100, Cancel));
        Assert.False(await Registry.Pictures.StoreAsync(Picture(Realm + "b", new byte[50], "b"), 100, Cancel));
        Assert.Null(await Registry.Pictures.GetAsync(Realm, Realm + "b", Cancel));
        // One that takes the place of a larger one always fits.
        Assert.True(await Registry.Pictures.StoreAsync(Picture(Realm + "a", new byte[55], "c"), 10, Cancel));

        await Registry.Pictures.RemoveAsync(Realm, Realm + "a", Cancel);
        await Registry.Pictures.RemoveAsync(Realm, Realm + "never", Cancel);

        Assert.Null(await Registry.Pictures.GetFactsAsync(Realm, Realm + "a", Cancel));
        Assert.True(await Registry.Pictures.StoreAsync(Picture(Realm + "b", new byte[100], "b"), 100, Cancel));
    }

    private static StoredPicture Picture(string url, byte[] bytes, string tag) => new(Realm, url, new(tag, "look", 1200, 630), bytes);
}

public sealed class InMemoryPictureStoreTests : PictureStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisPictureStoreTests(RedisCollection.Server redis) : PictureStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetPictureStoreTests(GarnetCollection.Server garnet) : PictureStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
