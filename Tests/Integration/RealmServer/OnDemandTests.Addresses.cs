using System.Net;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.RealmServer;

/// <summary>URLs of routes, and their limits.</summary>
public sealed partial class OnDemandTests
{
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
