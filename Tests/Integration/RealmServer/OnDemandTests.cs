using System.IO.Compression;
using System.Net;
using System.Text;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Site;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.RealmServer;

public sealed partial class OnDemandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private const string Googlebot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

    [Fact]
    public async Task Crawler_NothingStored_GetsTheRenderedPage()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();

        var html = await (await server.GetAsync("elements/hydrogen", with: AsCrawler)).Content.ReadAsStringAsync();

        Assert.Contains("<div id=\"app\"><h1>rendered</h1></div>", html, StringComparison.Ordinal);
        Assert.Equal(10, Assert.Single(manager.Requests).Priority);
        Assert.NotNull(await server.StoredAsync("hydrogen"));
        Assert.Equal(html, await (await server.GetAsync("elements/hydrogen", with: AsCrawler)).Content.ReadAsStringAsync());
        Assert.Single(manager.Requests);
    }

    [Fact]
    public async Task Crawlers_ManyAtOnce_ShareOneRender()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();
        var gate = manager.HoldAnswers();

        var answers = Enumerable.Range(0, 20).Select(_ => server.GetAsync("elements/hydrogen", with: AsCrawler)).ToList();
        var renders = server.Services.GetRequiredService<OnDemandRenders>();
        await Eventually.TrueAsync(() => !manager.Requests.IsEmpty && renders.WaitingCrawlers == 20, () => $"a render to begin, and 20 to wait for it; {renders.WaitingCrawlers} do");
        gate.SetResult();

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Single(manager.Requests);
    }

    [Fact]
    public async Task Crawler_RenderTakesLongerThanTheBudget_GetsA503AndTheNextOneThePage()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Settings.Add("Pages:CrawlerBudget=00:00:00.100");
        await server.OnDemandOnly(manager).StartAsync();
        var gate = manager.HoldAnswers();

        var early = await server.GetAsync("elements/hydrogen", with: AsCrawler);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
        gate.SetResult();

        await Eventually.TrueAsync(async () => await server.StoredAsync("hydrogen") is not null, () => "the render to go on and be stored");
        Assert.Contains("rendered", await (await server.GetAsync("elements/hydrogen", with: AsCrawler)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(manager.Requests);
    }

    [Fact]
    public async Task Visitor_NothingStored_GetsTheShellAtOnceAndTheNextOneThePage()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();
        var gate = manager.HoldAnswers();

        Assert.Equal(RealmServerUnderTest.Shell, await (await server.GetAsync("elements/hydrogen")).Content.ReadAsStringAsync());
        gate.SetResult();

        await Eventually.TrueAsync(async () => await server.StoredAsync("hydrogen") is not null, () => "the queued render to be stored");
        Assert.Contains("rendered", await (await server.GetAsync("elements/hydrogen")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(5, Assert.Single(manager.Requests).Priority);
    }

    [Fact]
    public async Task Page_SourceChanged_OldOneIsSentWhileTheNewOneIsRendered()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();
        await server.StoreAsync("hydrogen", "old");
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Rendered(request, shell, "new"));

        var first = await server.GetAsync("elements/hydrogen");
        Assert.Contains("old", await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await Eventually.TrueAsync(
            async () => (await (await server.GetAsync("elements/hydrogen")).Content.ReadAsStringAsync()).Contains("new", StringComparison.Ordinal),
            () => "the new page to be served");
        var again = await server.GetAsync("elements/hydrogen", with: r => r.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Single(manager.Requests);
    }

    [Fact]
    public async Task Page_BrokenApp_IsRenderedOnceAMinuteHoweverOftenItIsRequested()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Ended(RenderOutcome.Failed, request, new(shell.Token, shell.Generation, true) { CurrentAtStart = true }, "It threw."));
        await server.OnDemandOnly(manager).StartAsync();

        for (var visit = 0; visit < 5; visit++)
        {
            // With a 200 the crawler would index the empty shell as the page.
            Assert.Equal(HttpStatusCode.InternalServerError, (await server.GetAsync("elements/hydrogen", with: AsCrawler)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("elements/hydrogen")).StatusCode);
        Assert.Single(manager.Requests);
    }

    [Fact]
    public async Task Queue_Full_VisitorsAreServed()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Settings.AddRange(["Pages:MaxQueued=3", "Pages:Concurrency=1", "Pages:CrawlerBudget=00:00:00.050"]);
        await server.OnDemandOnly(manager).StartAsync();
        var gate = manager.HoldAnswers();
        await server.GetAsync("first");
        await Eventually.TrueAsync(() => !manager.Requests.IsEmpty, () => "the first render to begin");

        foreach (var route in Enumerable.Range(0, 20))
        {
            var crawler = route % 2 == 0;
            Assert.Equal(crawler ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, (await server.GetAsync($"route/{route}", with: crawler ? AsCrawler : null)).StatusCode);
        }

        gate.SetResult();
        await Eventually.TrueAsync(() => manager.Requests.Count == 4, () => $"the three that were queued to be rendered; rendered {manager.Requests.Count}");
    }

    [Fact]
    public async Task Queue_CrawlerRequestsAQueuedPage_ItIsRenderedFirst()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Settings.Add("Pages:Concurrency=1");
        await server.OnDemandOnly(manager).StartAsync();
        var gate = manager.HoldAnswers();
        await server.GetAsync("route/0");
        await Eventually.TrueAsync(() => !manager.Requests.IsEmpty, () => "the first render to begin");
        await server.GetAsync("route/1");
        await server.GetAsync("route/2");
        await server.GetAsync("route/3");

        var crawler = server.GetAsync("route/3", with: AsCrawler);
        var renders = server.Services.GetRequiredService<OnDemandRenders>();
        await Eventually.TrueAsync(() => renders.WaitingCrawlers == 1, () => "the crawler to wait for its page");
        gate.SetResult();
        await crawler;
        await Eventually.TrueAsync(() => manager.Requests.Count == 4, () => "all to be rendered");

        Assert.Equal(["route/0", "route/3", "route/1", "route/2"], manager.Requests.Select(request => request.Url[server.Url.Length..]));
    }

    [Fact]
    public async Task Card_DeletedWhileItIsRendered_DoesNotComeBack()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();
        var before = (await server.IndexedAsync()).GetProperty("startedAt").GetString();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        manager.AnswerAsync = async (request, shell) =>
        {
            asked.TrySetResult();
            await gate.Task;
            return Results.Ok(FakeManager.Rendered(request, shell));
        };
        await server.Registry.Pages.RemoveAsync(server.RealmUrl, server.RealmUrl + "helium", long.MaxValue, TestContext.Current.CancellationToken);
        // This card is not of the index, whose own render would otherwise wait for this one.
        var crawler = server.GetAsync("elements/helium", with: AsCrawler);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        File.Delete(Path.Combine(server.Realms.Path, "elements", "helium.json"));
        // A pass that a late file notification started before the deletion still has the card, and waits for the held render.
        await Eventually.TrueAsync(
            async () => (await server.IndexAsync()) is var index && index.GetProperty("startedAt").GetString() != before
                && (index.GetProperty("total").GetInt32() == 3 || index.GetProperty("state").GetString() == "done"),
            () => "a pass without the card");
        gate.SetResult();
        await crawler;
        await Eventually.TrueAsync(
            async () => (await server.IndexedAsync()).GetProperty("total").GetInt32() == 2 && await server.StoredAsync("helium") is null, () => "no page of the card");

        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("elements/helium", with: AsCrawler)).StatusCode);
    }

    [Fact]
    public async Task Page_RequestedByTheFleet_IsTheShellAndNothingIsQueued()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();

        var response = await server.GetAsync("elements/hydrogen", with: r => r.Headers.TryAddWithoutValidation("User-Agent", Googlebot + " Fleet-Prerender/1.0"));

        Assert.Equal(RealmServerUnderTest.Shell, await response.Content.ReadAsStringAsync());
        Assert.Empty(manager.Requests);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Page_Packed_IsTheSamePageWithItsOwnTag(string coding)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var body = string.Concat(Enumerable.Repeat("<p>Hydrogen é</p>", 200));
        await server.StoreAsync("hydrogen", body);

        var plain = await server.GetAsync("elements/hydrogen");
        var packed = await server.GetAsync("elements/hydrogen", with: Accepting);

        Assert.Equal([coding], packed.Content.Headers.ContentEncoding);
        Assert.True(packed.Content.Headers.ContentLength < plain.Content.Headers.ContentLength / 4);
        Assert.NotEqual(plain.Headers.ETag, packed.Headers.ETag);
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await UnpackAsync(packed));
        var again = await server.GetAsync("elements/hydrogen", with: r => { Accepting(r); r.Headers.IfNoneMatch.Add(packed.Headers.ETag!); });
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);

        void Accepting(HttpRequestMessage request) => request.Headers.AcceptEncoding.Add(new(coding));
    }

    private static void AsCrawler(HttpRequestMessage request) => request.Headers.TryAddWithoutValidation("User-Agent", Googlebot);

    private static async Task<string> UnpackAsync(HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsStreamAsync();
        await using Stream plain = response.Content.Headers.ContentEncoding.Single() == "br"
            ? new BrotliStream(bytes, CompressionMode.Decompress) : new GZipStream(bytes, CompressionMode.Decompress);
        using var reader = new StreamReader(plain, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
