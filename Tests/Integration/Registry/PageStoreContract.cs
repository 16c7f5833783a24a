using Fleet.Contracts;
using Fleet.Registry.Events;
using Fleet.Registry.Pages;

namespace Fleet.Tests.Registry;

public abstract class PageStoreContract : ContractSuite
{
    private const string Realm = "http://127.0.0.1:5100/elements/";
    private const string Url = Realm + "hydrogen";

    [Fact]
    public async Task GetAsync_NothingStored_IsNull() => Assert.Null(await Registry.Pages.GetAsync(Realm, Url, Cancel));

    [Fact]
    public async Task GetAsync_Stored_IsAllOfIt()
    {
        var page = Page(3, 7) with
        {
            Status = 301,
            RedirectUrl = Realm + "h",
            Formats = Enum.GetValues<RenderFormat>().ToDictionary(format => format, format => $"<p>é\u2028 {format}</p>"),
            Data = """{"types":["element"]}""",
            Deps = [Realm + "helium"],
            Seen = new(639_000_000_000_000_001, "digest"),
            Screenshot = new(Realm + "hydrogen.jpg", "tag", 1200, 630),
            RenderedAt = new(2026, 5, 1, 12, 0, 0, 123, TimeSpan.FromHours(2)),
        };

        Assert.True(await Registry.Pages.TryStoreAsync(page, Cancel));

        var stored = await Registry.Pages.GetAsync(Realm, Url, Cancel);
        Assert.Equal(page.Formats, stored!.Formats);
        Assert.Equal(page.Deps, stored.Deps);
        Assert.Equal(page, stored with { Formats = page.Formats, Deps = page.Deps });
    }

    // Source versions in ticks exceed the precision of doubles.
    [Theory]
    [InlineData(5, 7, true)]
    [InlineData(5, 8, true)]
    [InlineData(5, 6, false)]
    [InlineData(6, 0, true)]
    [InlineData(4, 99, false)]
    [InlineData(10, 0, true)]
    public async Task TryStoreAsync_OverStored_NewerSourceThenNewerShellWins(long sourceVersion, long generation, bool stored)
    {
        const long Ticks = 639_000_000_000_000_000;
        await Registry.Pages.TryStoreAsync(Page(Ticks + 5, 7) with { ETag = "old" }, Cancel);

        Assert.Equal(stored, await Registry.Pages.TryStoreAsync(Page(Ticks + sourceVersion, generation) with { ETag = "new" }, Cancel));

        Assert.Equal(stored ? "new" : "old", (await Registry.Pages.GetAsync(Realm, Url, Cancel))!.ETag);
    }

    [Fact]
    public async Task TryStoreAsync_ManyAtOnce_TheNewestStays()
    {
        var pages = Enumerable.Range(0, 50).Select(i => Page(i % 10, i)).OrderBy(page => page.Generation % 7).ToList();

        await Task.WhenAll(pages.Select(page => Task.Run(() => Registry.Pages.TryStoreAsync(page, Cancel))));

        var stored = await Registry.Pages.GetAsync(Realm, Url, Cancel);
        Assert.Equal((9, 49), (stored!.SourceVersion, stored.Generation));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public async Task TryStoreAsync_NegativeVersion_IsRefused(long sourceVersion, long generation) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Registry.Pages.TryStoreAsync(Page(sourceVersion, generation), Cancel));

    [Fact]
    public async Task TryStoreAsync_TooLarge_IsRefusedWithUrlSizeAndBound()
    {
        var page = Page(1, 1) with { Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = new('a', StoredPageJson.MaxBytes) } };

        var exception = await Assert.ThrowsAsync<PageTooLargeException>(() => Registry.Pages.TryStoreAsync(page, Cancel));

        Assert.Matches($"{Url} has 8[0-9]{{6}} bytes.*at most {StoredPageJson.MaxBytes} bytes", exception.Message);
        Assert.Null(await Registry.Pages.GetAsync(Realm, Url, Cancel));
    }

    [Fact]
    public async Task GetVersionsAsync_SeveralRealms_ThoseOfTheRealm()
    {
        await Registry.Pages.TryStoreAsync(Page(1, 2), Cancel);
        await Registry.Pages.TryStoreAsync(Page(3, 4) with { Url = Realm + "helium" }, Cancel);
        await Registry.Pages.TryStoreAsync(Page(5, 6) with { Realm = "http://127.0.0.1:5100/trees/" }, Cancel);

        var versions = await Registry.Pages.GetVersionsAsync(Realm, Cancel);

        Assert.Equal(new Dictionary<string, PageVersion> { [Url] = new(1, 2), [Realm + "helium"] = new(3, 4) }, versions);
        Assert.Empty(await Registry.Pages.GetVersionsAsync("http://127.0.0.1:5100/none/", Cancel));
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(6, true)]
    public async Task RemoveAsync_SourceVersion_LowerIsIgnored(long sourceVersion, bool removed)
    {
        await Registry.Pages.TryStoreAsync(Page(5, 7), Cancel);

        Assert.Equal(removed, await Registry.Pages.RemoveAsync(Realm, Url, sourceVersion, Cancel));

        Assert.Equal(removed, await Registry.Pages.GetAsync(Realm, Url, Cancel) is null);
        Assert.Equal(removed ? 0 : 1, (await Registry.Pages.GetVersionsAsync(Realm, Cancel)).Count);
    }

    [Fact]
    public async Task RemoveAsync_NothingStored_IsFalse() => Assert.False(await Registry.Pages.RemoveAsync(Realm, Url, 1, Cancel));

    [Fact]
    public async Task GetAsync_AfterAWeekOfSilence_StillThere()
    {
        await Registry.Pages.TryStoreAsync(Page(1, 1), Cancel);
        await Registry.AgeAsync(TimeSpan.FromDays(7));

        Assert.NotNull(await Registry.Pages.GetAsync(Realm, Url, Cancel));
    }

    [Fact]
    public async Task StoreAsync_FullAndToRefuse_KeepsWhatIsStoredAndReplacesPages()
    {
        var bounds = new PageBounds(2, long.MaxValue, WhenFull.Refuse);
        Assert.Equal(StoreResult.Stored, await Registry.Pages.StoreAsync(Page(1, 1), bounds, Cancel));
        Assert.Equal(StoreResult.Stored, await Registry.Pages.StoreAsync(Page(1, 1) with { Url = Realm + "b" }, bounds, Cancel));

        Assert.Equal(StoreResult.Full, await Registry.Pages.StoreAsync(Page(1, 1) with { Url = Realm + "c" }, bounds, Cancel));
        Assert.Equal(StoreResult.Stored, await Registry.Pages.StoreAsync(Page(2, 1), bounds, Cancel));

        Assert.Equal([Url, Realm + "b"], (await Registry.Pages.GetVersionsAsync(Realm, Cancel)).Keys.OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public async Task StoreAsync_FullAndToRemove_TheOldestGo()
    {
        var bounds = new PageBounds(2, long.MaxValue, WhenFull.RemoveOldest);
        await Registry.Pages.StoreAsync(Page(1, 1) with { Url = Realm + "a" }, bounds, Cancel);
        await Registry.Pages.StoreAsync(Page(1, 1) with { Url = Realm + "b" }, bounds, Cancel);
        await Registry.Pages.StoreAsync(Page(1, 1) with { Url = Realm + "a" }, bounds, Cancel);

        Assert.Equal(StoreResult.Stored, await Registry.Pages.StoreAsync(Page(1, 1) with { Url = Realm + "c" }, bounds, Cancel));

        Assert.Equal([Realm + "a", Realm + "c"], (await Registry.Pages.GetVersionsAsync(Realm, Cancel)).Keys.Order(StringComparer.Ordinal));
        Assert.Equal([Realm + "a", Realm + "c"], (await Registry.Pages.GetFactsAsync(Realm, Cancel)).Keys.Order(StringComparer.Ordinal));
        Assert.Null(await Registry.Pages.GetAsync(Realm, Realm + "b", Cancel));
    }

    [Fact]
    public async Task TouchAsync_FullAndToRemove_RemovesTheLeastRecentlyUsed()
    {
        var bounds = new PageBounds(2, long.MaxValue, WhenFull.RemoveOldest);
        await Registry.Pages.StoreAsync(Page(1, 1) with { Url = Realm + "a" }, bounds, Cancel);
        await Registry.Pages.StoreAsync(Page(1, 1) with { Url = Realm + "b" }, bounds, Cancel);
        var totals = await Registry.Pages.GetTotalsAsync(Realm, Cancel);

        await Registry.Pages.TouchAsync(Realm, Realm + "a", Cancel);
        await Registry.Pages.TouchAsync(Realm, Realm + "none", Cancel);
        Assert.Equal(totals, await Registry.Pages.GetTotalsAsync(Realm, Cancel));
        await Registry.Pages.StoreAsync(Page(1, 1) with { Url = Realm + "c" }, bounds, Cancel);

        Assert.Equal([Realm + "a", Realm + "c"], (await Registry.Pages.GetVersionsAsync(Realm, Cancel)).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task GetLastUseAsync_StoredAndTouched_IsTheTimeOfThat()
    {
        await Registry.Pages.TryStoreAsync(Page(1, 1) with { Url = Realm + "used" }, Cancel);
        var stored = await Registry.Pages.GetLastUseAsync(Realm, Realm + "used", Cancel);
        await Registry.Pages.TouchAsync(Realm, Realm + "used", Cancel);
        var touched = await Registry.Pages.GetLastUseAsync(Realm, Realm + "used", Cancel);

        Assert.NotNull(stored);
        Assert.True(touched >= stored, $"touched {touched}, stored {stored}");
        Assert.Null(await Registry.Pages.GetLastUseAsync(Realm, Realm + "unknown", Cancel));
    }

    [Fact]
    public async Task StoreAsync_BytesOverTheBound_AreCountedAndMadeRoomFor()
    {
        await Registry.Pages.StoreAsync(Large("a"), PageBounds.None, Cancel);
        var (_, one, changes) = await Registry.Pages.GetTotalsAsync(Realm, Cancel);
        Assert.InRange(one, 10_000, 11_000);
        Assert.Equal(StoreResult.Full, await Registry.Pages.StoreAsync(Large("b"), new(9, one + 100, WhenFull.Refuse), Cancel));

        Assert.Equal(StoreResult.Stored, await Registry.Pages.StoreAsync(Large("b"), new(9, one + 100, WhenFull.RemoveOldest), Cancel));

        Assert.Equal(new PageTotals(1, one, changes + 2), await Registry.Pages.GetTotalsAsync(Realm, Cancel));
        await Registry.Pages.RemoveAsync(Realm, Realm + "b", 1, Cancel);
        Assert.Equal(new PageTotals(0, 0, changes + 3), await Registry.Pages.GetTotalsAsync(Realm, Cancel));

        static StoredPage Large(string id) => Page(1, 1) with
        {
            Url = Realm + id, Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = new('x', 10_000) },
        };
    }

    [Fact]
    public async Task GetFactsAsync_Stored_HasDependenciesAndSearchDocument()
    {
        await Registry.Pages.TryStoreAsync(Page(1, 1) with { Deps = [Realm + "helium"], Seen = new(639_000_000_000_000_001, null), Data = """{"searchDoc":{"title":"é"}}""" }, Cancel);
        await Registry.Pages.TryStoreAsync(Page(1, 1) with { Url = Realm + "big", Data = $"\"{new string('x', PageFacts.MaxDataChars)}\"" }, Cancel);

        var facts = await Registry.Pages.GetFactsAsync(Realm, Cancel);

        Assert.Equal([Realm + "helium"], facts[Url].Deps);
        Assert.Equal(new(639_000_000_000_000_001, null), facts[Url].Seen);
        Assert.Null(facts[Realm + "big"].Seen);
        Assert.Equal("""{"searchDoc":{"title":"é"}}""", facts[Url].Data);
        Assert.Null(facts[Realm + "big"].Data);
    }

    [Fact]
    public async Task Page_StoredOrRemoved_IsHintedAt()
    {
        await using var notifications = await NotificationRecorder.StartAsync(Registry.Backplane);

        await Registry.Pages.TryStoreAsync(Page(1, 1), Cancel);
        await notifications.WaitForAsync(new(FleetEventKind.Pages, Url, 0));
        await Registry.Pages.RemoveAsync(Realm, Url, 1, Cancel);
        await Eventually.TrueAsync(() => notifications.Received.Count == 2, () => $"a second notification; received: {string.Join("; ", notifications.Received)}");
    }

    private static StoredPage Page(long sourceVersion, long generation) => new()
    {
        Realm = Realm, Url = Url, Status = 200, SourceVersion = sourceVersion, Generation = generation, ShellToken = "token", ETag = "etag",
        RenderedAt = DateTimeOffset.UnixEpoch, Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Isolated] = "<p>" },
    };
}

public sealed class InMemoryPageStoreTests : PageStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisPageStoreTests(RedisCollection.Server redis) : PageStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetPageStoreTests(GarnetCollection.Server garnet) : PageStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
