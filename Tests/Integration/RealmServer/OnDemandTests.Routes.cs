using System.Net;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.RealmServer;

/// <summary>Routes of an app that are no cards.</summary>
public sealed partial class OnDemandTests
{
    [Theory]
    [InlineData(404, HttpStatusCode.NotFound)]
    [InlineData(410, HttpStatusCode.Gone)]
    [InlineData(451, HttpStatusCode.UnavailableForLegalReasons)]
    public async Task Route_PageReportsNotFound_HasItsOwnStatusAndIsNeverStored(int status, HttpStatusCode expected)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>No such page</p>") with { Outcome = RenderOutcome.Failed, Status = status });
        await server.OnDemandOnly(manager).StartAsync();

        var first = await server.GetAsync("no/such/route", with: AsCrawler);
        var second = await server.GetAsync("no/such/route", with: AsCrawler);

        Assert.Equal(expected, first.StatusCode);
        Assert.Equal("<p>No such page</p>", await first.Content.ReadAsStringAsync());
        Assert.Equal("no-store", first.Headers.CacheControl?.ToString());
        Assert.Equal(expected, second.StatusCode);
        Assert.False(first.Headers.Contains("Link"));
        Assert.Equal(RealmServerUnderTest.Shell, await (await server.GetAsync("no/such/route")).Content.ReadAsStringAsync());
        Assert.Single(manager.Requests);
        Assert.Empty(await server.Registry.Pages.GetVersionsAsync(server.Url, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Route_PageRedirects_SoDoesTheResponse()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "") with { Status = 301, RedirectUrl = "/new" });
        await server.OnDemandOnly(manager).StartAsync();

        for (var visit = 0; visit < 2; visit++)
        {
            var response = await server.GetAsync("old", with: AsCrawler);
            Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
            Assert.Equal(server.Url + "new", response.Headers.Location?.AbsoluteUri);
        }

        Assert.Single(manager.Requests);
    }

    [Fact]
    public async Task Routes_RedirectInACircle_EndWithOneSentence()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "") with { Status = 302, RedirectUrl = server.Url + (request.Url.EndsWith("/a", StringComparison.Ordinal) ? "b" : "a") });
        await server.OnDemandOnly(manager).StartAsync();

        var first = await server.GetAsync("a", with: AsCrawler);
        var second = await server.GetAsync("b", with: AsCrawler);

        Assert.Equal((HttpStatusCode.Found, server.Url + "b"), (first.StatusCode, first.Headers.Location?.AbsoluteUri));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.Contains($"The redirects lead in a circle: {server.Url}b, {server.Url}a, {server.Url}b.", WebUtility.HtmlDecode(await second.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Route_NotSettledInTheCrawlersTime_IsSentMarkedAndReplacedByALongerRender()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        manager.AnswerAsync = async (request, shell) =>
        {
            if (request.DeadlineMs < 20_000)
            {
                return Results.Ok(FakeManager.Document(request, shell, "<p>half</p>") with { Diagnostics = new() { Stability = "capped" } });
            }

            await gate.Task;
            return Results.Ok(FakeManager.Document(request, shell, "<p>whole</p>") with { Diagnostics = new() { Stability = "settled" } });
        };
        server.Settings.Add("Pages:CrawlerBudget=00:00:20");
        await server.OnDemandOnly(manager).StartAsync();

        var first = await server.GetAsync("busy", with: AsCrawler);

        Assert.Equal("<p>half</p>", await first.Content.ReadAsStringAsync());
        Assert.Equal(["capped"], first.Headers.GetValues(FleetHeaders.Stability));
        Assert.Equal("no-store", first.Headers.CacheControl?.ToString());
        Assert.InRange(manager.Requests.First().DeadlineMs!.Value, 10_000, 19_000);

        var second = await server.GetAsync("busy", with: AsCrawler);
        Assert.Equal("<p>half</p>", await second.Content.ReadAsStringAsync());
        Assert.Equal(["capped"], second.Headers.GetValues(FleetHeaders.Stability));

        gate.SetResult();
        HttpResponseMessage? later = null;
        await Eventually.TrueAsync(
            async () => await (later = await server.GetAsync("busy", with: AsCrawler)).Content.ReadAsStringAsync() == "<p>whole</p>", () => "the longer render to replace the page");
        Assert.False(later!.Headers.Contains(FleetHeaders.Stability));
        Assert.Equal([5, 10], manager.Requests.Select(request => request.Priority).Order());
    }

    [Fact]
    public async Task Route_SettledPageIsStored_IsNotReplacedByOneThatDidNotSettle()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>whole</p>"));
        server.Settings.AddRange(["Pages:RouteMaxAge=00:00:01", "Pages:FailureMemory=00:00:01"]);
        await server.OnDemandOnly(manager).StartAsync();
        await server.GetAsync("busy", with: AsCrawler);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>half</p>") with { Diagnostics = new() { Stability = "capped" } });

        await Eventually.TrueAsync(
            async () =>
            {
                Assert.Equal("<p>whole</p>", await (await server.GetAsync("busy", with: AsCrawler)).Content.ReadAsStringAsync());
                return manager.Requests.Count >= 3;
            },
            () => "two more renders");
    }

    [Fact]
    public async Task Route_CrawlerComesDuringARenderInTheBackground_HasOneWithItsOwnDeadline()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        manager.AnswerAsync = async (request, shell) =>
        {
            await (request.Priority == 10 ? Task.CompletedTask : gate.Task);
            return Results.Ok(FakeManager.Document(request, shell, "<p>A page</p>"));
        };
        await server.OnDemandOnly(manager).StartAsync();
        await server.GetAsync("busy");
        await Eventually.TrueAsync(() => !manager.Requests.IsEmpty, () => "the render in the background to begin");

        Assert.Equal("<p>A page</p>", await (await server.GetAsync("busy", with: AsCrawler)).Content.ReadAsStringAsync());
        gate.SetResult();
        Assert.Equal(2, manager.Requests.Count);
    }

    [Fact]
    public async Task Route_HeadersOfThePage_ArePassedOnWithTheStoredPage()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>A page</p>") with
        {
            Headers = new Dictionary<string, string>
            {
                ["X-Robots-Tag"] = "noindex, nofollow", ["link"] = "</style.css>; rel=preload", ["Content-Type"] = "text/plain", ["Set-Cookie"] = "a=b", ["Cache-Control"] = "max-age=9", ["Location"] = "/x",
            },
        });
        server.Settings.Add("Pages:SitemapRoutes:0=/*");
        await server.OnDemandOnly(manager).StartAsync();

        for (var visit = 0; visit < 2; visit++)
        {
            var response = await server.GetAsync("secret", with: AsCrawler);
            Assert.Equal(["noindex, nofollow"], response.Headers.GetValues("X-Robots-Tag"));
            Assert.Equal(["</style.css>; rel=preload", $"<{server.Url}secret>; rel=\"canonical\""], response.Headers.GetValues("Link"));
            Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
            Assert.Equal("no-cache", response.Headers.CacheControl?.ToString());
            Assert.False(response.Headers.Contains("Set-Cookie") || response.Headers.Contains("Location"));
        }

        Assert.Single(manager.Requests);
        Assert.DoesNotContain("/secret", await (await server.GetAsync("sitemap.xml", "*/*")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RenderOutcome.Rendered, 103)]
    [InlineData(RenderOutcome.Rendered, 204)]
    [InlineData(RenderOutcome.Rendered, 304)]
    [InlineData(RenderOutcome.Rendered, 301)]
    [InlineData(RenderOutcome.Failed, 999)]
    public async Task Route_StatusThatNoBodyMayHave_IsA503AndNeverStored(RenderOutcome outcome, int status)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>A page</p>") with { Outcome = outcome, Status = status });
        await server.OnDemandOnly(manager).StartAsync();

        var response = await server.GetAsync("odd", with: AsCrawler);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Empty(await server.Registry.Pages.GetVersionsAsync(server.Url, Token));
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("odd")).StatusCode);
    }

    [Fact]
    public async Task Route_ItsOwnApiFailed_IsSentToTheWaitingCrawlerAndNotStored()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>Sorry</p>") with
        {
            Diagnostics = new() { Stability = "settled", MissingContent = "GET http://api.example.com/list: 500" },
        });
        await server.OnDemandOnly(manager).StartAsync();

        var first = await server.GetAsync("list", with: AsCrawler);
        var second = await server.GetAsync("list", with: AsCrawler);

        Assert.Equal("<p>Sorry</p>", await first.Content.ReadAsStringAsync());
        Assert.Equal("no-store", first.Headers.CacheControl?.ToString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.InRange(second.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 5);
        Assert.Empty(await server.Registry.Pages.GetVersionsAsync(server.Url, Token));
    }

    [Theory]
    [InlineData("auto", false)]
    [InlineData("shell", false)]
    [InlineData("prerendered", true)]
    public async Task Route_OfAnAppWithoutTheContract_IsForVisitorsOnlyIfConfigured(string visitors, bool expected)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>A page</p>"));
        server.Settings.Add($"Pages:Visitors={visitors}");
        await server.OnDemandOnly(manager).StartAsync();

        var crawler = await server.GetAsync("page", with: AsCrawler);
        var visitor = await server.GetAsync("page");

        Assert.Equal("<p>A page</p>", await crawler.Content.ReadAsStringAsync());
        Assert.Equal(expected ? "<p>A page</p>" : RealmServerUnderTest.Shell, await visitor.Content.ReadAsStringAsync());
        Assert.Equal(["Accept", "Accept-Encoding", "User-Agent", "X-Prerender"], visitor.Headers.Vary);
        Assert.Equal(["Accept", "Accept-Encoding", "User-Agent", "X-Prerender"], crawler.Headers.Vary);
        Assert.Equal(expected, visitor.Headers.ETag!.Equals((await server.GetAsync("page", with: AsCrawler)).Headers.ETag));
    }

    [Fact]
    public async Task Route_ScriptRedirects_IsForCrawlersOnly()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        // A visitor may be signed in; the browser of the fleet is not.
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "") with { Status = 302, RedirectUrl = "http://login.example/?state=1" });
        await server.OnDemandOnly(manager).StartAsync();

        var crawler = await server.GetAsync("account", with: AsCrawler);
        var visitor = await server.GetAsync("account");

        Assert.Equal((HttpStatusCode.Found, "http://login.example/?state=1"), (crawler.StatusCode, crawler.Headers.Location?.OriginalString));
        Assert.Equal((HttpStatusCode.OK, RealmServerUnderTest.Shell), (visitor.StatusCode, await visitor.Content.ReadAsStringAsync()));
    }
}
