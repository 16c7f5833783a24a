using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.RealmServer;

/// <summary>Addresses, methods and headers as crawlers and caches use them.</summary>
public sealed class HttpTests
{
    [Fact]
    public async Task PublicUrl_HostIsNotAscii_PagesRedirectsAndListsHaveItInAscii()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>A page</p>") with
        {
            Status = request.Url.EndsWith("/old", StringComparison.Ordinal) ? 301 : 200,
            RedirectUrl = request.Url.EndsWith("/old", StringComparison.Ordinal) ? "/new" : null,
        });
        server.Settings.Add("Realms:PublicUrl=https://B\u00fccher.example");
        await server.OnDemandOnly(manager).StartAsync();

        var page = await server.GetAsync("page", with: AsCrawler);
        var old = await server.GetAsync("old", with: AsCrawler);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("<https://xn--bcher-kva.example/page>; rel=\"canonical\"", page.Headers.GetValues("Link").Single());
        Assert.Equal((HttpStatusCode.MovedPermanently, "https://xn--bcher-kva.example/new"), (old.StatusCode, old.Headers.GetValues("Location").Single()));
        Assert.Equal(["https://xn--bcher-kva.example/page", "https://xn--bcher-kva.example/old"], manager.Requests.Select(request => request.Url));
        foreach (var path in (string[])["robots.txt", "sitemap.xml"])
        {
            Assert.Contains("https://xn--bcher-kva.example/", await (await server.GetAsync(path)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        foreach (var spelling in (string[])["https://xn--bcher-kva.example/page", "https://b\u00fccher.example/page", "HTTPS://XN--BCHER-KVA.EXAMPLE:443/page"])
        {
            Assert.Equal((spelling, HttpStatusCode.OK), (spelling, (await server.GetAsync("_pages/page?url=" + Uri.EscapeDataString(spelling), "application/json", AsOperator)).StatusCode));
        }
    }

    [Fact]
    public async Task Page_SlashOfAnAddressIsEncoded_IsTheSameRouteForOperators()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.OnDemandOnly(manager).StartAsync();
        await server.GetAsync("elements%2Fhydrogen", with: AsCrawler);

        var page = await server.GetAsync("_pages/page?url=%2Felements%252Fhydrogen", "application/json", AsOperator);

        Assert.Equal("/elements%2Fhydrogen", new Uri((await page.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString()!).AbsolutePath);
    }

    [Theory]
    [InlineData("//index.html")]
    [InlineData("/.//index.html")]
    [InlineData("///index.html")]
    public async Task IndexHtml_ByAnotherAddress_IsNoEmptyPageForACrawler(string path)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>A page</p>"));
        await server.OnDemandOnly(manager).StartAsync();

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Url.TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        AsCrawler(request);
        var answer = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("<p>A page</p>", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("index.html", HttpStatusCode.PermanentRedirect)]
    [InlineData("elements", HttpStatusCode.PermanentRedirect)]
    [InlineData("elements/index", HttpStatusCode.PermanentRedirect)]
    public async Task Redirect_ThatDependsOnTheCaller_IsMixedUpByNoCache(string path, HttpStatusCode status)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var answer = await server.GetAsync(path, with: AsCrawler);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(["Accept", "Accept-Encoding", "User-Agent", "X-Prerender"], answer.Headers.Vary);
        Assert.Equal("no-cache", answer.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData("q?")]
    [InlineData("")]
    public async Task TooLong_ForACrawler_IsKeptByNoCache(string path)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var answer = await server.GetAsync(path + new string('l', 3000), with: AsCrawler);

        Assert.Equal(HttpStatusCode.RequestUriTooLong, answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("br", "br")]
    public async Task File_HeadWithARange_HasTheHeadersOfTheWholeFile(string? accepted, string? coding)
    {
        await using var server = new RealmServerUnderTest();
        server.Dist.Write("docs/readme.txt", new string('x', 2000));
        await server.StartAsync();
        Action<HttpRequestMessage> with = request => request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted ?? "identity");
        var whole = await server.GetAsync("docs/readme.txt", with: with);

        var head = await server.GetAsync("docs/readme.txt", with: with + (static request => request.Headers.Range = new(0, 9)), method: HttpMethod.Head);

        Assert.Equal((HttpStatusCode.OK, whole.Content.Headers.ContentLength, whole.Headers.ETag), (head.StatusCode, head.Content.Headers.ContentLength, head.Headers.ETag));
        Assert.Equal(coding is null ? [] : [coding], head.Content.Headers.ContentEncoding);
    }

    private static void AsOperator(HttpRequestMessage request) => request.Headers.Authorization = new("Bearer", RealmServerUnderTest.AdminKey);

    private static void AsCrawler(HttpRequestMessage request) => request.Headers.TryAddWithoutValidation("User-Agent", "Googlebot/2.1");
}
