using System.Net;
using System.Xml.Linq;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.RealmServer.Site.Crawling;
using Fleet.Registry.Pages;
using Fleet.Tests.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.RealmServer;

public sealed class SitemapTests
{
    private static readonly XNamespace s_ns = "http://www.sitemaps.org/schemas/sitemap/0.9";

    [Fact]
    public async Task Sitemap_WithoutASetting_HasCardsAndTheHostAppsRootButNothingMadeUp()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        await StoreRouteAsync(server, "made/up", 200);

        var urls = await UrlsAsync(server);

        Assert.Equal([server.RealmUrl + "helium", server.RealmUrl + "hydrogen", server.RealmUrl, server.Url], urls.Select(Location));
        Assert.All(urls.SkipLast(1), url => Assert.True(DateTimeOffset.TryParse(url.Element(s_ns + "lastmod")!.Value, out _)));
    }

    [Fact]
    public async Task Sitemap_NamedRoutes_AreInItAndOfThoseWithAStarTheKeptOnes()
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.AddRange(["Pages:SitemapRoutes:0=/about?a=1&b=2", "Pages:SitemapRoutes:1=/products/*", "Pages:SitemapRoutes:2=/products/7"]);
        await server.StartAsync();
        await StoreRouteAsync(server, "products/8", 200);
        await StoreRouteAsync(server, "products/7", 200);
        await StoreRouteAsync(server, "products/moved", 301);
        await StoreRouteAsync(server, "made/up", 200);

        var urls = (await UrlsAsync(server)).Select(Location).Where(url => !url.StartsWith(server.RealmUrl, StringComparison.Ordinal));

        Assert.Equal([server.Url + "about?a=1&b=2", server.Url + "products/7", server.Url + "products/8"], urls);
    }

    [Fact]
    public async Task Sitemap_KnownETag_Is304()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var first = await server.GetAsync("sitemap.xml", "*/*");

        var again = await server.GetAsync("sitemap.xml", "*/*", r => r.Headers.IfNoneMatch.Add(first.Headers.ETag!));

        Assert.Equal("application/xml; charset=utf-8", first.Content.Headers.ContentType?.ToString());
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task Sitemap_RequestedByMany_IsCreatedOnceAMinute()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var (clock, store) = (new VirtualTimeProvider(), new HeldPageStore(server.Registry.Pages));
        var services = server.Services;
        var sitemap = new Sitemap(
            services.GetRequiredService<RealmCatalog>(), services.GetRequiredService<PublicAddress>(), store,
            new ListedRoutes(services.GetRequiredService<PublicAddress>(), Options.Create(new PagesOptions { SitemapRoutes = ["/*"] })), clock);
        var token = TestContext.Current.CancellationToken;

        using var impatient = new CancellationTokenSource();
        var gone = sitemap.GetAsync(impatient.Token);
        var many = Enumerable.Range(0, 20).Select(_ => sitemap.GetAsync(token)).ToList();
        clock.Advance(TimeSpan.FromMinutes(2));
        many.Add(sitemap.GetAsync(token));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        store.Gate.SetResult();
        await Task.WhenAll(many);
        Assert.Equal(2, store.FactsRead);

        var anew = await sitemap.GetAsync(token);
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Same(anew, await sitemap.GetAsync(token));
        Assert.Equal(4, store.FactsRead);
        clock.Advance(TimeSpan.FromSeconds(1));
        await sitemap.GetAsync(token);
        Assert.Equal(6, store.FactsRead);
    }

    [Fact]
    public void Routes_InvalidPaths_AreRefused()
    {
        var options = new PagesOptions { SitemapRoutes = ["about"] };

        Assert.Contains("'about'", Assert.Single(options.Validate(new(options))).ErrorMessage, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<XElement>> UrlsAsync(RealmServerUnderTest server) =>
        [.. XDocument.Parse(await (await server.GetAsync("sitemap.xml", "*/*")).Content.ReadAsStringAsync()).Root!.Elements(s_ns + "url")];

    private static string Location(XElement url) => url.Element(s_ns + "loc")!.Value;

    private static Task<bool> StoreRouteAsync(RealmServerUnderTest server, string route, int status) => server.Registry.Pages.TryStoreAsync(
        new StoredPage
        {
            Realm = server.Url,
            Url = server.Url + route,
            Status = status,
            Formats = new Dictionary<RenderFormat, string>(),
            SourceVersion = 1,
            Generation = 1,
            ShellToken = "t",
            RenderedAt = DateTimeOffset.UnixEpoch,
            ETag = "e",
        },
        TestContext.Current.CancellationToken);
}
