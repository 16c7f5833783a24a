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
    public async Task Route_PageSaysItIsNotThere_IsItsOwnStatusAndNeverStored(int status, HttpStatusCode expected)
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
    public async Task Route_ItsOwnApiFailed_IsForTheCrawlerWhoWaitsAndNotKept()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>Sorry</p>") with
        {
            Diagnostics = new() { Stability = "settled", FailedRequests = [$"GET {server.Url}api/list: 500"] },
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
    public async Task Routes_MoreNewOnesThanAClientMayHave_AreA429ForCrawlersAndTheShellForVisitors()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>A page</p>"));
        server.Settings.Add("Pages:FirstRendersPerMinute=2");
        await server.OnDemandOnly(manager).StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("list?a=1", with: AsCrawler)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("list?a=2", with: AsCrawler)).StatusCode);
        var third = await server.GetAsync("list?a=3", with: AsCrawler);
        var visitor = await server.GetAsync("list?a=4");

        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
        Assert.Equal((HttpStatusCode.OK, RealmServerUnderTest.Shell), (visitor.StatusCode, await visitor.Content.ReadAsStringAsync()));
        Assert.Equal("<p>A page</p>", await (await server.GetAsync("list?a=1", with: AsCrawler)).Content.ReadAsStringAsync());
        Assert.Equal(2, manager.Requests.Count);
    }

    [Fact]
    public async Task Routes_MoreThanTheBound_TheLeastRecentlyRequestedGo()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>A page</p>"));
        server.Settings.Add("Pages:MaxRoutes=2");
        await server.OnDemandOnly(manager).StartAsync();

        foreach (var route in (string[])["list?a=1", "list?a=2", "list?a=1", "list?a=3"])
        {
            await server.GetAsync(route, with: AsCrawler);
        }

        var kept = (await server.Registry.Pages.GetVersionsAsync(server.Url, Token)).Keys;
        Assert.Equal([server.Url + "list?a=1", server.Url + "list?a=3"], kept.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Route_OfAnApp_IsRenderedOnceForItsWholePathAndKept()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, $"<p>{new Uri(request.Url).PathAndQuery}</p>"));
        await server.OnDemandOnly(manager).StartAsync();

        Assert.Equal("<p>/</p>", await BodyAsync(""));
        Assert.Equal("<p>/products/7</p>", await BodyAsync("products/7?utm_source=mail"));
        Assert.Equal("<p>/products/7</p>", await BodyAsync("products/7"));
        Assert.Equal("<p>/products?page=2</p>", await BodyAsync("products?page=2"));
        Assert.Equal("<p>/products?session=1</p>", await BodyAsync("products?fbclid=x&session=1"));

        Assert.Equal(4, manager.Requests.Count);
        Assert.All(manager.Requests, request => Assert.Equal("realm:" + server.Url, request.Affinity));
        var link = (await server.GetAsync("products/7?utm_source=mail", with: AsCrawler)).Headers.GetValues("Link").Single();
        Assert.Equal($"<{server.Url}products/7>; rel=\"canonical\"", link);

        async Task<string> BodyAsync(string path) => await (await server.GetAsync(path, with: AsCrawler)).Content.ReadAsStringAsync();
    }

    [Theory]
    [InlineData("package/lodash.debounce")]
    [InlineData("v1.2.3/")]
    [InlineData("a%2Fb")]
    [InlineData("a%252Fb")]
    [InlineData("c++/a%20b/%C3%A9")]
    [InlineData("caf%c3%a9/%e6%97%a5")]
    [InlineData("search?q=a+b%2Bc&r=%C3%A9")]
    public async Task Route_AnyAddress_IsRenderedAndStoredByteForByte(string path)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>A page</p>"));
        await server.OnDemandOnly(manager).StartAsync();

        var response = await server.GetAsync(path, "*/*", AsCrawler);

        Assert.Equal("<p>A page</p>", await response.Content.ReadAsStringAsync());
        Assert.Equal(server.Url + path, Assert.Single(manager.Requests).Url);
        Assert.Equal([server.Url + path], (await server.Registry.Pages.GetVersionsAsync(server.Url, TestContext.Current.CancellationToken)).Keys);
        Assert.Equal($"<{server.Url}{path}>; rel=\"canonical\"", response.Headers.GetValues("Link").Single());
    }

    [Theory]
    [InlineData("package/lodash.debounce", "text/html", null, HttpStatusCode.OK)]
    [InlineData("assets/gone-12345678.js", "text/html", null, HttpStatusCode.OK)]
    [InlineData("package/lodash.debounce", "*/*", "script", HttpStatusCode.NotFound)]
    [InlineData("package/lodash.debounce", "image/avif,*/*;q=0.8", null, HttpStatusCode.NotFound)]
    [InlineData("assets/gone-12345678.js", "*/*", null, HttpStatusCode.NotFound)]
    public async Task Route_WithADot_IsOneForNavigationsOnly(string path, string accept, string? destination, HttpStatusCode expected)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var response = await server.GetAsync(path, accept, request =>
        {
            if (destination is not null)
            {
                request.Headers.Add("Sec-Fetch-Dest", destination);
            }
        });

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Routes_MoreThanTheBound_TheOldestGo()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>A page</p>"));
        server.Settings.Add("Pages:MaxRoutes=3");
        await server.OnDemandOnly(manager).StartAsync();

        foreach (var route in Enumerable.Range(0, 5))
        {
            await server.GetAsync($"route/{route}", with: AsCrawler);
        }

        var kept = (await server.Registry.Pages.GetVersionsAsync(server.Url, TestContext.Current.CancellationToken)).Keys;
        Assert.Equal([server.Url + "route/2", server.Url + "route/3", server.Url + "route/4"], kept.Order(StringComparer.Ordinal));
    }
}
