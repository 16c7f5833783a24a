using System.Net;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.RealmServer;

/// <summary>A build with documents of routes beside <c>index.html</c>, as Next.js, Nuxt, SvelteKit, Astro and Gatsby export them.</summary>
public sealed class RouteDocumentTests : IAsyncDisposable
{
    private const string Home = "<!doctype html><html><head><title>Home</title></head><body><h1>Home</h1></body></html>";
    private const string About = "<!doctype html><html><head><title>About</title></head><body><h1>About</h1></body></html>";
    private const string Gone = "<!doctype html><html><head><title>Gone</title></head><body><h1>Gone</h1></body></html>";
    private const string Shell = "<!doctype html><html><head><title>Shop</title></head><body><div id=root></div><script src=/app.js></script></body></html>";

    private readonly RealmServerUnderTest _server = new();

    public RouteDocumentTests() => _server.Dist.Write("index.html", Home);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("about.html", "about", About)]
    [InlineData("about/index.html", "about/", About)]
    [InlineData("products/7.html", "products/7?page=2", About)]
    [InlineData("v1.2.html", "v1.2", About)]
    [InlineData("about.html", "other", Home)]
    [InlineData("other/about.html", "about", Home)]
    public async Task Get_Route_IsItsOwnDocumentForVisitorsAndForTheFleetsBrowser(string file, string path, string expected)
    {
        _server.Dist.Write(file, About);
        await _server.StartAsync();

        foreach (var agent in new[] { "Mozilla/5.0", FleetHeaders.UserAgentProduct + "/1.0" })
        {
            var response = await GetAsync(path, agent);
            Assert.Equal((HttpStatusCode.OK, expected), (response.StatusCode, await response.Content.ReadAsStringAsync()));
            Assert.Equal("no-cache", response.Headers.CacheControl?.ToString());
            Assert.Contains("User-Agent", response.Headers.Vary);
            Assert.True(response.Headers.Contains(FleetHeaders.HostShell));
        }
    }

    [Theory]
    [InlineData("about.html", "about/", "/about")]
    [InlineData("about/index.html", "about?a=1", "/about/?a=1")]
    [InlineData("über/index.html", "%C3%BCber", "/%C3%BCber/")]
    public async Task Get_RouteWhoseDocumentIsAtAnotherAddress_RedirectsToIt(string file, string path, string location)
    {
        _server.Dist.Write(file, About);
        await _server.StartAsync();

        var response = await GetAsync(path, "Googlebot/2.1");

        Assert.Equal((HttpStatusCode.PermanentRedirect, location), (response.StatusCode, response.Headers.Location?.OriginalString));
    }

    [Theory]
    // A build of several documents, with one for what there is not.
    [InlineData(Home, "about.html", Gone, null, HttpStatusCode.NotFound, Gone)]
    // A single-page app: its 404.html is for hosts that know no other fallback.
    [InlineData(Shell, "about.html", Shell, null, HttpStatusCode.OK, Shell)]
    [InlineData(Shell, "about.html", Gone, null, HttpStatusCode.OK, Shell)]
    [InlineData(Home, "about.html", "<!doctype html><script>location.replace('/?' + location.pathname)</script>", null, HttpStatusCode.OK, Home)]
    [InlineData(Home, null, Gone, null, HttpStatusCode.OK, Home)]
    // VitePress: the root element is filled.
    [InlineData("<!doctype html><html><head></head><body><div id=app><h1>Docs</h1></div></body></html>", "about.html", Gone, null, HttpStatusCode.NotFound, Gone)]
    // Nuxt and SvelteKit: the document of all routes that were not built.
    [InlineData(Home, "about.html", Shell, Shell, HttpStatusCode.OK, Shell)]
    public async Task Get_PathWithoutADocument_IsTheFallbackOfTheBuild(string index, string? other, string notFound, string? fallback, HttpStatusCode status, string expected)
    {
        _server.Dist.Write("index.html", index);
        _server.Dist.Write("404.html", notFound);
        if (other is not null)
        {
            _server.Dist.Write(other, About);
        }

        if (fallback is not null)
        {
            _server.Dist.Write("200.html", fallback);
        }

        await _server.StartAsync();

        foreach (var agent in new[] { "Mozilla/5.0", FleetHeaders.UserAgentProduct + "/1.0" })
        {
            var response = await GetAsync("no/such/page", agent);
            Assert.Equal((status, expected), (response.StatusCode, await response.Content.ReadAsStringAsync()));
            Assert.Equal(status == HttpStatusCode.OK, response.Headers.ETag is not null);
        }

        Assert.Equal(index, await (await GetAsync("", "Mozilla/5.0")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Get_DocumentsArriveAfterTheShell_AreFoundWithoutANewOne()
    {
        await _server.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("no/such/page", "Mozilla/5.0")).StatusCode);

        _server.Dist.Write("404.html", Gone);
        _server.Dist.Write("about.html", About);

        await Eventually.TrueAsync(
            async () => (await GetAsync("no/such/page", "Mozilla/5.0")).StatusCode == HttpStatusCode.NotFound, () => "404.html for a path without a document");
    }

    [Fact]
    public async Task Get_AppThatKeepsTheHostContract_RoutesByItself()
    {
        _server.Dist.Write("index.html", RealmServerUnderTest.Shell);
        _server.Dist.Write("privacy.html", About);
        _server.Dist.Write("404.html", Gone);
        _server.Dist.Write("200.html", Gone);
        await _server.StartAsync();

        Assert.Equal(RealmServerUnderTest.Shell, await (await GetAsync("other", "Mozilla/5.0")).Content.ReadAsStringAsync());
        Assert.Equal(About, await (await GetAsync("privacy", "Mozilla/5.0")).Content.ReadAsStringAsync());
        Assert.Equal(About, await (await GetAsync("privacy", "Googlebot/2.1")).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("about", "*/*", HttpStatusCode.OK)]
    [InlineData("about", "application/json", HttpStatusCode.NotFound)]
    [InlineData("other.js", "*/*", HttpStatusCode.NotFound)]
    public async Task Get_FetchOfADocument_IsTheFileAndOfNothingA404(string path, string accept, HttpStatusCode expected)
    {
        _server.Dist.Write("about.html", About);
        await _server.StartAsync();

        var response = await _server.GetAsync(path, accept, request => request.Headers.Add("Sec-Fetch-Dest", "script"));

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Crawler_RouteWithADocument_GetsItRenderedAndAgainAfterItHasChanged()
    {
        _server.Dist.Write("about.html", About);
        await using var manager = await FakeManager.StartAsync(_server.Registry);
        var text = "first";
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, $"<p>{text}</p>"));
        await _server.OnDemandOnly(manager).StartAsync();
        Assert.Equal("<p>first</p>", await (await GetAsync("about", "Googlebot/2.1")).Content.ReadAsStringAsync());

        text = "second";
        _server.Dist.Write("about.html", About + "<!-- -->");
        File.SetLastWriteTimeUtc(Path.Combine(_server.Dist.Path, "about.html"), DateTime.UtcNow.AddSeconds(5));

        await Eventually.TrueAsync(
            async () => await (await GetAsync("about", "Googlebot/2.1")).Content.ReadAsStringAsync() == "<p>second</p>", () => "the page of the changed document");
        Assert.Equal(2, manager.Requests.Count);
    }

    [Fact]
    public async Task Crawler_AppThatKeepsTheHostContractWithoutMarkers_GetsTheDocumentAsItIs()
    {
        _server.Dist.Write("index.html", Shell);
        _server.Dist.Write("about.html", About);
        await using var manager = await FakeManager.StartAsync(_server.Registry);
        await _server.OnDemandOnly(manager).StartAsync();

        Assert.Equal(About, await (await GetAsync("about", "Googlebot/2.1")).Content.ReadAsStringAsync());
        Assert.Contains("<div id=root><", await (await GetAsync("other", "Googlebot/2.1")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "", false, HttpStatusCode.OK)]
    [InlineData(true, "?a=1", true, HttpStatusCode.OK)]
    [InlineData(true, "about", true, HttpStatusCode.OK)]
    [InlineData(true, "other", false, HttpStatusCode.ServiceUnavailable)]
    // The page may lack what its script would have shown.
    [InlineData(false, "", true, HttpStatusCode.ServiceUnavailable)]
    [InlineData(false, "", false, HttpStatusCode.OK)]
    [InlineData(false, "other", false, HttpStatusCode.ServiceUnavailable)]
    public async Task Crawler_PageThatShowsWhatItsDocumentHas_IsCompleteIfTheDocumentIsItsOwn(bool isStatic, string path, bool failed, HttpStatusCode expected)
    {
        if (isStatic)
        {
            _server.Dist.Write("about.html", Home);
        }

        await using var manager = await FakeManager.StartAsync(_server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, Home) with
        {
            Diagnostics = new() { Stability = RenderStability.Settled, FailedRequests = failed ? [$"GET {_server.Url}api.js: 404"] : [] },
        });
        await _server.OnDemandOnly(manager).StartAsync();

        Assert.Equal(expected, (await GetAsync(path, "Googlebot/2.1")).StatusCode);
    }

    private Task<HttpResponseMessage> GetAsync(string path, string agent) =>
        _server.GetAsync(path, with: request => request.Headers.TryAddWithoutValidation("User-Agent", agent));
}
