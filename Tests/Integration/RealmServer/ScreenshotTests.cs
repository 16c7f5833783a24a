using System.Net;
using Fleet.Contracts;
using Fleet.Registry.Pages;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.RealmServer;

/// <summary>Screenshots of cards for previews of links.</summary>
public sealed class ScreenshotTests
{
    private static readonly byte[] s_screenshot = [.. Enumerable.Range(0, 2000).Select(i => (byte)i)];

    [Fact]
    public async Task Index_Through_EveryCardHasItsScreenshotAndItsPageNamesIt()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await ScreenshotsAsync(server);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();

        var page = await PageWithScreenshotAsync(server, "elements/hydrogen");

        var url = Content(page, "property=\"og:image\"");
        Assert.StartsWith(server.Url + "_screenshots/elements/hydrogen.jpg?v=", url, StringComparison.Ordinal);
        Assert.Equal("1200", Content(page, "property=\"og:image:width\""));
        Assert.Equal("summary_large_image", Content(page, "name=\"twitter:card\""));
        await PageWithScreenshotAsync(server, "elements/");
        await PageWithScreenshotAsync(server, "elements/helium");
        Assert.Equal(3, manager.ScreenshotRequests.Count);
        Assert.All(manager.ScreenshotRequests, query => Assert.Equal(
            ("Fitted", "Jpeg", "1200", "630", "0", "realm:" + server.RealmUrl),
            (query["format"].ToString(), query["type"].ToString(), query["width"].ToString(), query["height"].ToString(), query["priority"].ToString(), query["affinity"].ToString())));
    }

    [Fact]
    public async Task Screenshot_Requested_IsTheFileCacheableForeverUnderItsTag()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await ScreenshotsAsync(server);
        await server.With(manager).StartAsync();
        var url = Content(await PageWithScreenshotAsync(server, "elements/"), "property=\"og:image\"")[server.Url.Length..];

        var screenshot = await server.GetAsync(url, "*/*");
        var head = await server.GetAsync(url, "*/*", method: HttpMethod.Head);
        var bare = await server.GetAsync(url.Split('?')[0], "*/*");
        var old = await server.GetAsync(url.Split('?')[0] + "?v=0123456789abcdef", "*/*");
        var again = await server.GetAsync(url, "*/*", with: r => r.Headers.IfNoneMatch.Add(screenshot.Headers.ETag!));

        Assert.Equal(s_screenshot, await screenshot.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/jpeg", screenshot.Content.Headers.ContentType?.MediaType);
        Assert.Equal("public, max-age=31536000, immutable", string.Join(", ", screenshot.Headers.GetValues("Cache-Control")));
        Assert.Equal(s_screenshot.Length, head.Content.Headers.ContentLength);
        Assert.Equal("no-cache", bare.Headers.CacheControl?.ToString());
        Assert.Equal("no-cache", old.Headers.CacheControl?.ToString());
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        foreach (var path in new[] { "_screenshots/elements/none.jpg", "_screenshots/elements/index.png", "_screenshots/elements/.jpg", "_screenshots/none/index.jpg", "_screenshots/elements/..%2Findex.jpg" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync(path, "*/*")).StatusCode);
        }
    }

    [Fact]
    public async Task Page_RenderedAgainLookingTheSame_KeepsItsScreenshotAndNoOtherIsTaken()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await ScreenshotsAsync(server);
        await server.With(manager).StartAsync();
        var before = Content(await PageWithScreenshotAsync(server, "elements/helium"), "property=\"og:image\"");
        await AllScreenshotsAsync(manager, 3);
        manager.Requests.Clear();

        // First the card looks the same in the box, then different.
        server.Realms.Write("elements/helium.json", """{ "title": "changed" }""");
        await Eventually.TrueAsync(() => manager.Requests.Count == 1, () => "helium to be rendered again");
        await server.IndexedAsync();
        Assert.Equal(before, Content(await PageWithScreenshotAsync(server, "elements/helium"), "property=\"og:image\""));
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Fitted(request, shell, "<b>other</b>"));
        manager.ScreenshotAnswer = (http, shell) => FakeManager.Screenshot(http, shell, [1, 2, 3]);
        server.Realms.Write("elements/helium.json", """{ "title": "changed again" }""");

        await Eventually.TrueAsync(
            async () => Content(await PageWithScreenshotAsync(server, "elements/helium"), "property=\"og:image\"") != before, () => "helium's page to name another screenshot");
        Assert.Equal(4, manager.ScreenshotRequests.Count);
    }

    [Fact]
    public async Task Crawler_PageWithoutScreenshot_HasOneTakenForTheNext()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await ScreenshotsAsync(server);
        await server.OnDemandOnly(manager).StartAsync();

        var first = await (await server.GetAsync("elements/helium", with: AsCrawler)).Content.ReadAsStringAsync();

        Assert.Contains("<h1>rendered</h1>", first, StringComparison.Ordinal);
        Assert.DoesNotContain("og:image", first, StringComparison.Ordinal);
        await PageWithScreenshotAsync(server, "elements/helium");
        Assert.Single(manager.ScreenshotRequests);
    }

    [Fact]
    public async Task Page_ReplacedWhileItsScreenshotIsTaken_KeepsItsTextAndGetsTheScreenshot()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await ScreenshotsAsync(server);
        manager.ScreenshotAnswer = (http, shell) =>
        {
            var page = server.StoredAsync("helium").GetAwaiter().GetResult()!;
            var other = new Dictionary<RenderFormat, string>(page.Formats) { [RenderFormat.Isolated] = "other" };
            server.Registry.Pages.TryStoreAsync(page with { Formats = other, ETag = "other" }, CancellationToken.None).GetAwaiter().GetResult();
            return FakeManager.Screenshot(http, shell, s_screenshot);
        };
        await server.OnDemandOnly(manager).StartAsync();

        await server.GetAsync("elements/helium", with: AsCrawler);

        await Eventually.TrueAsync(async () => (await server.StoredAsync("helium"))?.Screenshot is not null, () => "helium's page to have its screenshot");
        Assert.Equal("other", (await server.StoredAsync("helium"))!.Formats[RenderFormat.Isolated]);
    }

    [Fact]
    public async Task Card_Deleted_ItsScreenshotIsRemoved()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await ScreenshotsAsync(server);
        await server.With(manager).StartAsync();
        await PageWithScreenshotAsync(server, "elements/helium");

        File.Delete(Path.Combine(server.Realms.Path, "elements", "helium.json"));

        await Eventually.TrueAsync(
            async () => (await server.GetAsync("_screenshots/elements/helium.jpg", "*/*")).StatusCode == HttpStatusCode.NotFound, () => "helium's screenshot to be forgotten");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("too large")]
    [InlineData("of another shell")]
    [InlineData("no fitted format")]
    public async Task Screenshot_ThatCannotBeKept_IsNotNamed(string kind)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await ScreenshotsAsync(server);
        server.Settings.Add("Screenshots:MaxKb=16");
        manager.ScreenshotAnswer = kind switch
        {
            "too large" => (http, shell) => FakeManager.Screenshot(http, shell, new byte[17 * 1024]),
            "of another shell" => (http, shell) => FakeManager.Screenshot(http, shell with { Token = "other" }, s_screenshot),
            "none" => (_, _) => Results.Problem("There is no screenshot.", statusCode: 502),
            _ => manager.ScreenshotAnswer,
        };
        if (kind == "no fitted format")
        {
            manager.Answer = (request, shell) => Results.Ok(FakeManager.Rendered(request, shell));
        }

        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        if (kind != "no fitted format")
        {
            await AllScreenshotsAsync(manager, 3);
        }

        // The last requested screenshot may not be stored yet; that the first of three was not stored is certain.
        Assert.DoesNotContain("og:image", await (await server.GetAsync("elements/helium")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("_screenshots/elements/helium.jpg", "*/*")).StatusCode);
    }

    [Fact]
    public async Task Head_ThatNamesAScreenshotItself_IsLeftAsItIs()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        await server.StoreAsync("helium", "body", "<meta property=\"og:image\" content=\"/own.png\">");
        var page = (await server.StoredAsync("helium"))!;
        await server.Registry.Pages.TryStoreAsync(page with { Screenshot = new("http://h/p.jpg", "tag", 1, 1) }, TestContext.Current.CancellationToken);

        var html = await (await server.GetAsync("elements/helium")).Content.ReadAsStringAsync();

        Assert.Contains("/own.png", html, StringComparison.Ordinal);
        Assert.DoesNotContain("p.jpg", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Realm_Private_HasNoScreenshots()
    {
        const string Key = "a-key-of-more-than-16";
        await using var server = new RealmServerUnderTest();
        await using var manager = await ScreenshotsAsync(server);
        server.Realms.Write("open/realm.json", """{ "name": "Open" }""");
        server.Realms.Write("open/index.json", "{}");
        server.Settings.Add($"Realms:ReadKeys:elements={Key}");
        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        var page = await server.GetAsync("elements/hydrogen", with: r => { AsCrawler(r); r.Headers.Authorization = new("Bearer", Key); });

        // After the public card, no screenshot is due.
        await PageWithScreenshotAsync(server, "open/");

        Assert.DoesNotContain("og:image", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.All(manager.ScreenshotRequests, query => Assert.Equal(server.Url + "open/", query["url"].ToString()));
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("_screenshots/elements/hydrogen.jpg", "*/*", with: r => r.Headers.Authorization = new("Bearer", Key))).StatusCode);
    }

    [Fact]
    public void Look_OfAPage_ChangesWithItsFittedFormatAndTheShell()
    {
        var page = new StoredPage
        {
            Realm = "r", Url = "u", Status = 200, SourceVersion = 1, Generation = 7, ShellToken = "t", RenderedAt = default, ETag = "e",
            Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Fitted] = "a" },
        };
        var look = ScreenshotKey.Of(page);

        Assert.Equal(look, ScreenshotKey.Of(page with { SourceVersion = 2, ETag = "f" }));
        Assert.NotEqual(look, ScreenshotKey.Of(page with { Generation = 8 }));
        Assert.NotEqual(look, ScreenshotKey.Of(page with { Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Fitted] = "b" } }));
        Assert.Null(ScreenshotKey.Of(page with { Status = 301 }));
        Assert.Null(ScreenshotKey.Of(page with { Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Fitted] = " " } }));
    }

    private static async Task<FakeManager> ScreenshotsAsync(RealmServerUnderTest server)
    {
        var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Fitted(request, shell));
        manager.ScreenshotAnswer = (http, shell) => FakeManager.Screenshot(http, shell, s_screenshot);
        return manager;
    }

    private static Task AllScreenshotsAsync(FakeManager manager, int count) =>
        Eventually.TrueAsync(() => manager.ScreenshotRequests.Count >= count, () => $"{count} screenshots to be requested; {manager.ScreenshotRequests.Count} were");

    private static async Task<string> PageWithScreenshotAsync(RealmServerUnderTest server, string path)
    {
        var html = "";
        await Eventually.TrueAsync(
            async () => (html = await (await server.GetAsync(path)).Content.ReadAsStringAsync()).Contains("og:image", StringComparison.Ordinal),
            () => $"{path} to name a screenshot; it is {html}");
        return html;
    }

    private static string Content(string html, string attribute) =>
        html.Split(attribute + " content=\"", 2)[1].Split('"')[0];

    private static void AsCrawler(HttpRequestMessage request) => request.Headers.Add("X-Prerender", "1");
}
