using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.RealmServer.Site;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.RealmServer;

public sealed class PagesApiTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_CardsAndRoutes_FiltersAndPages()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();
        await server.StoreAsync("hydrogen", "old");
        await WarmAsync(server, "/", "/about", "/about/team");

        var all = await ListAsync(server, "");
        Assert.Equal(4, all.GetProperty("total").GetInt32());
        Assert.Equal("card", One(all, "elements/hydrogen").GetProperty("kind").GetString());
        Assert.Equal("outdated", One(all, "elements/hydrogen").GetProperty("state").GetString());
        Assert.Equal("route", One(all, "about").GetProperty("kind").GetString());
        Assert.Equal("current", One(all, "about").GetProperty("state").GetString());
        Assert.True(One(all, "about").GetProperty("bytes").GetInt64() > 10);

        Assert.Equal(["about", "about/team"], Urls(server, await ListAsync(server, "?prefix=/about")));
        Assert.Equal(["about/team"], Urls(server, await ListAsync(server, "?pattern=/*/team")));
        Assert.Equal(["elements/hydrogen"], Urls(server, await ListAsync(server, "?match=HYDRO")));
        Assert.Equal(["elements/hydrogen"], Urls(server, await ListAsync(server, "?state=outdated")));
        Assert.Equal(["elements/hydrogen"], Urls(server, await ListAsync(server, "?minAgeSeconds=100000")));
        Assert.Equal(["", "about", "about/team"], Urls(server, await ListAsync(server, "?maxAgeSeconds=100000")));

        var first = await ListAsync(server, "?limit=3");
        Assert.Equal(["", "about", "about/team"], Urls(server, first));
        var rest = await ListAsync(server, "?limit=3&after=" + Uri.EscapeDataString(first.GetProperty("next").GetString()!));
        Assert.Equal(["elements/hydrogen"], Urls(server, rest));
        Assert.False(rest.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task Inspect_StoredRoute_SaysAgeShellSizeAndLastRequest()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();
        await WarmAsync(server, "/about");

        var page = await GetAsync(server, "_pages/page?url=/about");

        var stored = page.GetProperty("stored");
        Assert.Equal("route", page.GetProperty("kind").GetString());
        Assert.Equal("current", stored.GetProperty("state").GetString());
        Assert.Equal(200, stored.GetProperty("status").GetInt32());
        Assert.Equal("<h1>rendered</h1>".Length, stored.GetProperty("formatBytes").GetProperty("isolated").GetInt32());
        Assert.Equal(stored.GetProperty("fleetGeneration").GetInt64(), stored.GetProperty("generation").GetInt64());
        Assert.True(DateTimeOffset.UtcNow - stored.GetProperty("lastRequestedAt").GetDateTimeOffset() < TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(server, HttpMethod.Get, "_pages/page?url=/none")).StatusCode);
    }

    [Fact]
    public async Task Inspect_FailedPage_SaysWhyAndWhenItIsTriedAgain()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Microsoft.AspNetCore.Http.Results.Ok(
            FakeManager.Ended(RenderOutcome.Failed, request, new(shell.Token, shell.Generation, true) { CurrentAtStart = true }, "It threw."));
        await server.OnDemandOnly(manager).StartAsync();
        await PostAsync(server, "recache", new { urls = new[] { "/about" } });
        JsonElement page = default;
        await Eventually.TrueAsync(
            async () => (page = await GetAsync(server, "_pages/page?url=/about")).TryGetProperty("lastFailure", out _), () => "the failure to be known");

        Assert.Equal("It threw.", page.GetProperty("lastFailure").GetProperty("reason").GetString());
        Assert.InRange(page.GetProperty("lastFailure").GetProperty("retryInSeconds").GetInt32(), 1, 60);
        Assert.NotEmpty(page.GetProperty("lastFailure").GetProperty("renderId").GetString()!);
    }

    [Fact]
    public async Task Recache_CurrentPage_IsRenderedAgainLast()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();
        await WarmAsync(server, "/about");
        var report = await PostAsync(server, "recache", new { urls = new[] { server.Url + "about", "/about", "https://example.org/x", "/assets/app.css", "/elements/none" } });
        await Eventually.TrueAsync(() => manager.Requests.Count == 2, () => "the page to be rendered again");

        Assert.Equal(1, report.Counts[PageResult.Accepted]);
        Assert.Equal(3, report.Counts[PageResult.Refused]);
        Assert.Contains("not a URL of this site", Assert.Single(report.Pages, page => page.Url == "https://example.org/x").Reason, StringComparison.Ordinal);
        Assert.All(report.Pages.Where(page => page.Result == PageResult.Refused), page => Assert.Equal(PageRefusal.NoPage, page.Refusal));
        Assert.Contains("a file", Assert.Single(report.Pages, page => page.Url.EndsWith(".css", StringComparison.Ordinal)).Reason, StringComparison.Ordinal);
        Assert.All(manager.Requests, request => Assert.Equal(0, request.Priority));
    }

    [Fact]
    public async Task Warm_CurrentPage_IsKnown()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();
        await WarmAsync(server, "/about");

        var report = await PostAsync(server, "warm", new { urls = new[] { "/about", "/elements/hydrogen" } });

        Assert.Equal([PageResult.Known, PageResult.Accepted], report.Pages.Select(page => page.Result));
    }

    [Fact]
    public async Task Recache_QueueFull_RefusesTheRestAndKeepsRoomForVisitors()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Settings.AddRange(["Pages:MaxQueued=2", "Pages:Concurrency=1"]);
        await server.OnDemandOnly(manager).StartAsync();
        var gate = manager.HoldAnswers();
        await PostAsync(server, "recache", new { urls = new[] { "/first" } });
        await Eventually.TrueAsync(() => manager.Requests.Count == 1, () => "the first render to begin");

        var report = await PostAsync(server, "recache", new { urls = new[] { "/a", "/b", "/c" } });
        await server.GetAsync("visited");

        Assert.Equal([PageResult.Accepted, PageResult.Accepted, PageResult.Refused], report.Pages.Select(page => page.Result));
        Assert.Contains("Pages:MaxQueued", report.Pages[2].Reason, StringComparison.Ordinal);
        Assert.Equal(PageRefusal.QueueFull, report.Pages[2].Refusal);
        gate.SetResult();
        await Eventually.TrueAsync(() => manager.Requests.Count == 4, () => "all to be rendered");
        Assert.EndsWith("/visited", manager.Requests.ElementAt(1).Url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "urls": ["/about"] }""", 1)]
    [InlineData("""{ "prefix": "/about" }""", 2)]
    [InlineData("""{ "pattern": "/*" }""", 3)]
    public async Task Purge_Selected_AreRemovedOnceAndOthersStay(string body, int purged)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();
        await WarmAsync(server, "/", "/about", "/about/team");

        var first = await PostAsync(server, "purge", body);
        var second = await PostAsync(server, "purge", body);

        Assert.Equal(purged, first.Counts[PageResult.Purged]);
        Assert.DoesNotContain(PageResult.Purged, second.Counts.Keys);
        Assert.Equal(3 - purged, (await ListAsync(server, "")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Warm_SitemapIndexWithGzip_RendersWhatItLists()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();
        server.Dist.Write("maps/index.xml", Index(server.Url + "maps/a.xml.gz", server.Url + "maps/b.xml"));
        WriteGzip(server, "maps/a.xml.gz", Encoding.UTF8.GetBytes(Set(server.Url + "one", server.Url + "two?x=1&amp;y=2")));
        server.Dist.Write("maps/b.xml", Set("https://example.org/elsewhere"));

        var report = await PostAsync(server, "warm", new { sitemap = "/maps/index.xml" });

        Assert.Equal([PageResult.Accepted, PageResult.Accepted, PageResult.Refused], report.Pages.Select(page => page.Result).Order());
        await Eventually.TrueAsync(() => manager.Requests.Count == 2, () => "both pages to be rendered");
        Assert.Equal([server.Url + "one", server.Url + "two?x=1&y=2"], manager.Requests.Select(request => request.Url).Order());
    }

    [Theory]
    [InlineData("loop", "lists itself")]
    [InlineData("bomb", "is too large")]
    [InlineData("deep", "is nested deeper than 3")]
    [InlineData("wide", "lists too many sitemaps: at most 50")]
    [InlineData("html", "its root element is <html>")]
    [InlineData("broken", "is not a sitemap")]
    [InlineData("entities", "is not a sitemap")]
    [InlineData("missing", "is answered with 404")]
    [InlineData("foreign", "is not a URL of this site")]
    public async Task Warm_BadSitemap_IsOneClearError(string kind, string expected)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();
        string At(string file) => server.Url + "maps/" + file;
        server.Dist.Write("maps/loop.xml", Index(At("loop2.xml")));
        server.Dist.Write("maps/loop2.xml", Index(At("loop.xml")));
        server.Dist.Write("maps/deep.xml", Index(At("deep1.xml")));
        server.Dist.Write("maps/deep1.xml", Index(At("deep2.xml")));
        server.Dist.Write("maps/deep2.xml", Index(At("deep3.xml")));
        server.Dist.Write("maps/deep3.xml", Set(At("x")));
        server.Dist.Write("maps/wide.xml", Index([.. Enumerable.Range(0, 60).Select(number => At($"w{number}.xml"))]));
        server.Dist.Write("maps/html.xml", "<html></html>");
        server.Dist.Write("maps/broken.xml", "<urlset><url>");
        server.Dist.Write("maps/entities.xml", """<!DOCTYPE urlset [<!ENTITY a "aaaa">]><urlset><url><loc>&a;</loc></url></urlset>""");
        server.Dist.Write("maps/foreign.xml", Index("http://127.0.0.1:1/sitemap.xml"));
        if (kind == "bomb")
        {
            WriteGzip(server, "maps/bomb.xml", new byte[80 * 1024 * 1024]);
        }

        using var response = await SendAsync(server, HttpMethod.Post, "_pages/warm", new { sitemap = $"/maps/{kind}.xml" });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal("bad-sitemap", problem.GetProperty("reason").GetString());
        Assert.Contains(expected, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(manager.Requests);
    }

    [Theory]
    [InlineData("?limit=0", "'limit' is 0: it must be between 1 and 1000.")]
    [InlineData("?state=curent", "did you mean 'current'?")]
    [InlineData("?prefx=/", "did you mean 'prefix'?")]
    [InlineData("?minAgeSeconds=5&maxAgeSeconds=4", "'minAgeSeconds' is 5: it must be at most 'maxAgeSeconds', 4.")]
    [InlineData("?pattern=", "'pattern' has 0 characters: it must have 1 to 2048.")]
    [InlineData("/page", "'url' is missing")]
    [InlineData("/page?url=https://example.org/", "It is not a URL of this site")]
    public async Task Query_Invalid_NamesTheParameter(string query, string expected)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        using var response = await SendAsync(server, HttpMethod.Get, "_pages" + query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(expected, (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Routes_WithoutKeyManagerOrRegistry_SayWhatIsMissing()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("_pages", "application/json")).StatusCode);
        using var off = await SendAsync(server, HttpMethod.Post, "_pages/recache", new { urls = new[] { "/" } });
        Assert.Equal(HttpStatusCode.Conflict, off.StatusCode);
        Assert.Contains("renders-off", await off.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using var unknown = await SendAsync(server, HttpMethod.Post, "_pages/purge", """{ "url": "/" }""");
        Assert.Contains("did you mean 'urls'?", (await unknown.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("detail").GetString(), StringComparison.Ordinal);

        await using var away = await new RealmServerUnderTest().StartAsync(services: UnreachablePageStore.Register);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(away, HttpMethod.Get, "_pages")).StatusCode);
    }

    private static async Task WarmAsync(RealmServerUnderTest server, params string[] urls)
    {
        await PostAsync(server, "warm", new { urls });
        await Eventually.TrueAsync(
            async () => (await ListAsync(server, "?state=current")).GetProperty("total").GetInt32() == urls.Length, () => $"{urls.Length} pages to be stored");
    }

    private static Task<JsonElement> ListAsync(RealmServerUnderTest server, string query) => GetAsync(server, "_pages" + query);

    private static async Task<JsonElement> GetAsync(RealmServerUnderTest server, string path)
    {
        using var response = await SendAsync(server, HttpMethod.Get, path);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private static async Task<PagesReport> PostAsync(RealmServerUnderTest server, string action, object body)
    {
        using var response = await SendAsync(server, HttpMethod.Post, "_pages/" + action, body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Token));
        return (await response.Content.ReadFromJsonAsync<PagesReport>(FleetJson.Options, Token))!;
    }

    private static Task<HttpResponseMessage> SendAsync(RealmServerUnderTest server, HttpMethod method, string path, object? body = null)
    {
        var request = new HttpRequestMessage(method, path)
        {
            Content = body switch { null => null, string json => new StringContent(json, Encoding.UTF8, "application/json"), _ => JsonContent.Create(body) },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", RealmServerUnderTest.AdminKey);
        return server.Client.SendAsync(request, Token);
    }

    private static JsonElement One(JsonElement list, string path) =>
        Assert.Single(list.GetProperty("pages").EnumerateArray(), page => page.GetProperty("url").GetString()!.EndsWith("/" + path, StringComparison.Ordinal));

    private static IEnumerable<string> Urls(RealmServerUnderTest server, JsonElement list) =>
        list.GetProperty("pages").EnumerateArray().Select(page => page.GetProperty("url").GetString()![server.Url.Length..]);

    private static string Index(params string[] sitemaps) =>
        $"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{string.Concat(sitemaps.Select(map => $"<sitemap><loc>{map}</loc></sitemap>"))}</sitemapindex>";

    private static string Set(params string[] urls) =>
        $"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{string.Concat(urls.Select(url => $"<url><loc>\n{url}\n</loc><lastmod>2026-01-01</lastmod></url>"))}</urlset>";

    private static void WriteGzip(RealmServerUnderTest server, string file, byte[] content)
    {
        var path = Path.Combine(server.Dist.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        gzip.Write(content);
    }
}
