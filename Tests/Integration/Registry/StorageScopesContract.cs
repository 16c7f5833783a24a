using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Pages;
using Fleet.Registry.Screenshots;

namespace Fleet.Tests.Registry;

public abstract class StorageScopesContract : ContractSuite
{
    private const int Rounds = 3;
    private const int Max = 100;
    private const string Elements = "http://127.0.0.1:5100/elements/";
    private const string Trees = "http://127.0.0.1:5100/trees/#0123";

    [Fact]
    public async Task CountRoundAsync_NothingStored_IsEmpty()
    {
        await Registry.StorageScopes.ServeAsync([], Cancel);
        await Registry.StorageScopes.ServeAsync([Elements], Cancel);
        Assert.Empty(await UnservedAfterAsync(Rounds + 1));
    }

    [Fact]
    public async Task CountRoundAsync_ScopeWithPagesThatNoServerServes_IsReturnedAfterAllRounds()
    {
        await StorePageAsync(Elements);
        Assert.Empty(await UnservedAfterAsync(Rounds - 1));
        Assert.Equal([Elements], await UnservedAfterAsync(1));
    }

    [Fact]
    public async Task CountRoundAsync_ScopeWithAScreenshotOnly_IsKnownToo()
    {
        await StoreScreenshotAsync(Elements);
        Assert.Equal([Elements], await UnservedAfterAsync(Rounds));
    }

    [Fact]
    public async Task CountRoundAsync_ServedInBetween_StartsAgain()
    {
        await StorePageAsync(Elements);
        await StorePageAsync(Trees);
        await UnservedAfterAsync(Rounds - 1);
        await Registry.StorageScopes.ServeAsync([Elements, "http://127.0.0.1:5100/empty/"], Cancel);

        Assert.Equal([Trees], await UnservedAfterAsync(1));
        Assert.Equal([Trees], await UnservedAfterAsync(Rounds - 2));
        Assert.Equal([Elements, Trees], (await UnservedAfterAsync(1)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task CountRoundAsync_SoonAfterARound_CountsNothing()
    {
        await StorePageAsync(Elements);
        await UnservedAfterAsync(Rounds);

        Assert.Empty(await Registry.StorageScopes.CountRoundAsync(Rounds, Max, Cancel));
        await Registry.AgeAsync(RegistryTtl.ScopeRound * 0.5);
        Assert.Empty(await Registry.StorageScopes.CountRoundAsync(1, Max, Cancel));
    }

    [Fact]
    public async Task CountRoundAsync_MoreThanRequested_AreLeftForTheNextRound()
    {
        foreach (var number in Enumerable.Range(0, 5))
        {
            await StorePageAsync($"http://127.0.0.1:5100/{number}/");
        }

        Assert.Equal(2, (await UnservedAfterAsync(Rounds, max: 2)).Count);
    }

    [Fact]
    public async Task RemoveAsync_Unserved_NothingOfItIsLeftAndTheOthersStay()
    {
        await StorePageAsync(Elements);
        await StoreScreenshotAsync(Elements);
        await StorePageAsync(Trees);
        await UnservedAfterAsync(Rounds);

        Assert.True(await Registry.StorageScopes.RemoveAsync(Elements, Rounds, Cancel));

        Assert.Null(await Registry.Pages.GetAsync(Elements, Elements + "a", Cancel));
        Assert.Empty(await Registry.Pages.GetVersionsAsync(Elements, Cancel));
        Assert.Empty(await Registry.Pages.GetFactsAsync(Elements, Cancel));
        Assert.Equal((0, 0), (await Registry.Pages.GetTotalsAsync(Elements, Cancel)) is var totals ? (totals.Pages, totals.Bytes) : default);
        Assert.Null(await Registry.Screenshots.GetAsync(Elements, Elements + "a", Cancel));
        Assert.Empty(await Registry.Screenshots.GetFactsAsync(Elements, Cancel));
        Assert.NotNull(await Registry.Pages.GetAsync(Trees, Trees + "a", Cancel));
        Assert.Equal([Trees], await UnservedAfterAsync(1));
        Assert.False(await Registry.StorageScopes.RemoveAsync(Elements, 0, Cancel));
    }

    [Fact]
    public async Task RemoveAsync_ServedMeanwhile_Stays()
    {
        await StorePageAsync(Elements);
        await UnservedAfterAsync(Rounds);
        await Registry.StorageScopes.ServeAsync([Elements], Cancel);

        Assert.False(await Registry.StorageScopes.RemoveAsync(Elements, Rounds, Cancel));

        Assert.NotNull(await Registry.Pages.GetAsync(Elements, Elements + "a", Cancel));
    }

    [Fact]
    public async Task RemoveAsync_WithoutRounds_RemovesItInAnyCase()
    {
        await StorePageAsync(Elements);
        Assert.True(await Registry.StorageScopes.RemoveAsync(Elements, 0, Cancel));
        Assert.Null(await Registry.Pages.GetAsync(Elements, Elements + "a", Cancel));
    }

    [Fact]
    public async Task RemoveAsync_ScopeThatIsStoredAgain_ItsChangeCounterStillGrows()
    {
        await StorePageAsync(Elements);
        await StorePageAsync(Elements);
        var before = (await Registry.Pages.GetTotalsAsync(Elements, Cancel)).Changes;
        await Registry.StorageScopes.RemoveAsync(Elements, 0, Cancel);
        await Registry.AgeAsync(TimeSpan.FromSeconds(1));

        await StorePageAsync(Elements);

        Assert.NotEqual(before, (await Registry.Pages.GetTotalsAsync(Elements, Cancel)).Changes);
        await StorePageAsync(Elements);
        Assert.True((await Registry.Pages.GetTotalsAsync(Elements, Cancel)).Changes > before);
    }

    private async Task<IReadOnlyList<string>> UnservedAfterAsync(int rounds, int max = Max)
    {
        IReadOnlyList<string> unserved = [];
        for (var round = 0; round < rounds; round++)
        {
            await Registry.AgeAsync(RegistryTtl.ScopeRound);
            unserved = await Registry.StorageScopes.CountRoundAsync(Rounds, max, Cancel);
        }

        return unserved;
    }

    private Task<StoreResult> StorePageAsync(string scope) => Registry.Pages.StoreAsync(
        new()
        {
            Realm = scope,
            Url = scope + "a",
            Status = 200,
            Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = "<p>a</p>" },
            SourceVersion = 1,
            Generation = 1,
            ShellToken = "t",
            RenderedAt = DateTimeOffset.UnixEpoch,
            ETag = "e",
        },
        PageBounds.None, Cancel);

    private Task<bool> StoreScreenshotAsync(string scope) =>
        Registry.Screenshots.StoreAsync(new StoredScreenshot(scope, scope + "a", new("tag", "look", 1200, 630), [1, 2, 3]), long.MaxValue, Cancel);
}

public sealed class InMemoryStorageScopesTests : StorageScopesContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisStorageScopesTests(RedisCollection.Server redis) : StorageScopesContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}
