using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Parser;

namespace Fleet.Tests.RealmServer;

public sealed class SiteTests
{
    [Fact]
    public async Task Page_Stored_IsInsertedIntoTheShell()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        await server.StoreAsync("hydrogen", "<h1>Hydrogen é</h1>", "<title>Hydrogen</title>");

        var response = await server.GetAsync("elements/hydrogen");
        var html = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Contains("<title>Hydrogen</title></head>", html, StringComparison.Ordinal);
        Assert.Contains("<div id=\"app\"><h1>Hydrogen é</h1></div>", html, StringComparison.Ordinal);
        Assert.Equal("no-cache", response.Headers.CacheControl?.ToString());
        Assert.Equal(["Accept", "Accept-Encoding", "User-Agent", "X-Prerender"], response.Headers.Vary);
        Assert.Equal(32, response.Headers.GetValues("X-Host-Shell").Single().Length);
    }

    [Fact]
    public async Task Page_KnownETag_Is304UntilPageOrShellChanges()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        await server.StoreAsync("hydrogen", "1");
        var etag = (await server.GetAsync("elements/hydrogen")).Headers.ETag!;

        var same = await server.GetAsync("elements/hydrogen", with: r => r.Headers.IfNoneMatch.Add(etag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(["Accept", "Accept-Encoding", "User-Agent", "X-Prerender"], same.Headers.Vary);

        await server.StoreAsync("hydrogen", "22");
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("elements/hydrogen", with: r => r.Headers.IfNoneMatch.Add(etag))).StatusCode);
    }

    [Fact]
    public async Task Page_CardAddedAfterA404_IsNot304()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var missing = await server.GetAsync("elements/lithium");
        server.Realms.Write("elements/lithium.json", "{}");
        var there = await server.GetAsync("elements/lithium", with: r => r.Headers.IfNoneMatch.Add(missing.Headers.ETag ?? new("\"none\"")));

        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(HttpStatusCode.OK, there.StatusCode);
        Assert.NotNull(there.Headers.ETag);
    }

    [Theory]
    [InlineData("route", "application/json")]
    [InlineData("missing.js", "*/*")]
    public async Task NotFound_OfNoPage_IsNotCacheable(string path, string accept)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var response = await server.GetAsync(path, accept);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal(["Accept"], response.Headers.Vary);
    }

    [Fact]
    public async Task Page_Head_HasTheLengthAndNoBody()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        await server.StoreAsync("hydrogen", "é");
        var length = (await server.GetAsync("elements/hydrogen")).Content.Headers.ContentLength;

        var head = await server.GetAsync("elements/hydrogen", method: HttpMethod.Head);

        Assert.Equal(length, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("_standby")]
    [InlineData("")]
    [InlineData("index.html")]
    [InlineData("some/route/of/the/app")]
    [InlineData("elements/helium")]
    public async Task Page_NothingStored_IsTheShellByteForByte(string path)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var response = await server.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(RealmServerUnderTest.Shell, await response.Content.ReadAsStringAsync());
        Assert.True(response.Headers.Contains("X-Host-Shell"));
    }

    [Fact]
    public async Task Page_RequestedByTheFleetsBrowser_IsTheBareShell()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        await server.StoreAsync("hydrogen", "stored");

        var response = await server.GetAsync("elements/hydrogen", with: r => r.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 Chrome/150 Fleet-Prerender/1.0"));

        Assert.Equal(RealmServerUnderTest.Shell, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Page_UnknownCard_IsTheShellWith404()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        // The page of a card that was deleted.
        await server.StoreAsync("unobtainium", "stored");

        var html = await server.GetAsync("elements/unobtainium");
        var json = await server.GetAsync("elements/unobtainium", "application/json");

        Assert.Equal(HttpStatusCode.NotFound, html.StatusCode);
        Assert.Equal(RealmServerUnderTest.Shell, await html.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, json.StatusCode);
        Assert.Equal("unknown-card", await ReasonAsync(json));
    }

    [Fact]
    public async Task Page_HostileContent_AddsNoElementOfItsOwnToTheShell()
    {
        const string hostile = "</script><!--fleet:body-->\"'><img onerror>";
        await using var server = new RealmServerUnderTest();
        server.Realms.Write("elements/hostile.json", JsonSerializer.Serialize(new { title = hostile, description = hostile, text = new[] { hostile } }));
        await server.StartAsync();
        // The output of a host that escapes it.
        var escaped = WebUtility.HtmlEncode(hostile);
        await server.StoreAsync("hostile", $"<h1 title=\"{escaped}\">{escaped}</h1><p>{hostile.Replace("<", "&lt;", StringComparison.Ordinal)}</p>", $"<title>{escaped}</title><meta name=description content=\"{escaped}\">");

        var document = new HtmlParser().ParseDocument(await (await server.GetAsync("elements/hostile")).Content.ReadAsStringAsync());
        var json = await (await server.GetAsync("elements/hostile", "application/json")).Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(hostile, document.Title);
        Assert.Equal(hostile, document.QuerySelector("meta[name=description]")?.GetAttribute("content"));
        Assert.Equal(hostile, document.QuerySelector("#app > h1")?.TextContent);
        Assert.Equal(hostile, document.QuerySelector("#app > p")?.TextContent);
        Assert.Empty(document.QuerySelectorAll("img, script"));
        Assert.Equal(hostile, json.GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("assets/gone-12345678.js", "*/*")]
    [InlineData("favicon.ico", "image/avif,*/*;q=0.8")]
    [InlineData("_nothing", "text/html")]
    [InlineData("assets/../../secret.txt", "*/*")]
    [InlineData("..%2f..%2fsecret.txt", "*/*")]
    [InlineData("assets/..%5c..%5csecret.txt", "*/*")]
    [InlineData(".hidden.txt", "*/*")]
    [InlineData("elements/realm.json", "application/json")]
    [InlineData("elements/..%2f..%2fsecret", "application/json")]
    [InlineData("elements/%2e%2e%2fsecret", "application/json")]
    [InlineData("elements/..%5csecret", "application/json")]
    [InlineData("secret", "application/json")]
    [InlineData("elements/realm", "application/json")]
    [InlineData("Elements/hydrogen", "application/json")]
    [InlineData("elements/Hydrogen", "application/json")]
    [InlineData("route", "application/json")]
    public async Task Path_ToNothing_Is404AndNoShell(string path, string accept)
    {
        await using var server = new RealmServerUnderTest();
        server.Dist.Write(".hidden.txt", "secret");
        server.Dist.WriteOutside("secret.txt", "secret");
        server.Realms.WriteOutside("secret.json", "{}");
        server.Realms.Write("secret.json", "{}");
        await server.StartAsync();

        var response = await server.GetAsync(path, accept);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Path_Of10Kilobytes_IsRefusedWithTheBound()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var response = await server.GetAsync("elements/" + new string('a', 10 * 1024));

        Assert.Equal(HttpStatusCode.RequestUriTooLong, response.StatusCode);
        Assert.Contains("2048", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_ToAPage_IsNotAllowed()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await server.GetAsync("elements/hydrogen", method: HttpMethod.Post)).StatusCode);
    }

    [Theory]
    [InlineData("elements", "/elements/")]
    [InlineData("elements?a=b", "/elements/?a=b")]
    [InlineData("elements/index", "/elements/")]
    public async Task Path_SecondUrlOfACard_RedirectsToTheFirst(string path, string expected)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var response = await server.GetAsync(path);

        Assert.Equal(HttpStatusCode.PermanentRedirect, response.StatusCode);
        Assert.Equal(expected, response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Page_RegistryAway_IsTheShell()
    {
        await using var server = await new RealmServerUnderTest().StartAsync(services: UnreachablePageStore.Register);

        var response = await server.GetAsync("elements/hydrogen");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(RealmServerUnderTest.Shell, await response.Content.ReadAsStringAsync());
    }

    private static async Task<string?> ReasonAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString();
}
