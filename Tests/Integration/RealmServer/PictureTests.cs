using System.Net;
using Fleet.Contracts;
using Fleet.Registry.Pages;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.RealmServer;

/// <summary>Pictures of cards for previews of links.</summary>
public sealed class PictureTests
{
    private static readonly byte[] s_picture = [.. Enumerable.Range(0, 2000).Select(i => (byte)i)];

    [Fact]
    public async Task Index_Through_EveryCardHasItsPictureAndItsPageNamesIt()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await PicturesAsync(server);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();

        var page = await PageWithPictureAsync(server, "elements/hydrogen");

        var url = Content(page, "property=\"og:image\"");
        Assert.StartsWith(server.Url + "_pictures/elements/hydrogen.jpg?v=", url, StringComparison.Ordinal);
        Assert.Equal("1200", Content(page, "property=\"og:image:width\""));
        Assert.Equal("summary_large_image", Content(page, "name=\"twitter:card\""));
        await PageWithPictureAsync(server, "elements/");
        await PageWithPictureAsync(server, "elements/helium");
        Assert.Equal(3, manager.PictureRequests.Count);
        Assert.All(manager.PictureRequests, query => Assert.Equal(
            ("Fitted", "Jpeg", "1200", "630", "0", "realm:" + server.RealmUrl),
            (query["format"].ToString(), query["type"].ToString(), query["width"].ToString(), query["height"].ToString(), query["priority"].ToString(), query["affinity"].ToString())));
    }

    [Fact]
    public async Task Picture_Asked_IsTheFileToBeKeptForEverUnderItsTag()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await PicturesAsync(server);
        await server.With(manager).StartAsync();
        var url = Content(await PageWithPictureAsync(server, "elements/"), "property=\"og:image\"")[server.Url.Length..];

        var picture = await server.GetAsync(url, "*/*");
        var head = await server.GetAsync(url, "*/*", method: HttpMethod.Head);
        var bare = await server.GetAsync(url.Split('?')[0], "*/*");
        var old = await server.GetAsync(url.Split('?')[0] + "?v=0123456789abcdef", "*/*");
        var again = await server.GetAsync(url, "*/*", with: r => r.Headers.IfNoneMatch.Add(picture.Headers.ETag!));

        Assert.Equal(s_picture, await picture.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/jpeg", picture.Content.Headers.ContentType?.MediaType);
        Assert.Equal("public, max-age=31536000, immutable", string.Join(", ", picture.Headers.GetValues("Cache-Control")));
        Assert.Equal(s_picture.Length, head.Content.Headers.ContentLength);
        Assert.Equal("no-cache", bare.Headers.CacheControl?.ToString());
        Assert.Equal("no-cache", old.Headers.CacheControl?.ToString());
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        foreach (var path in new[] { "_pictures/elements/none.jpg", "_pictures/elements/index.png", "_pictures/elements/.jpg", "_pictures/none/index.jpg", "_pictures/elements/..%2Findex.jpg" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync(path, "*/*")).StatusCode);
        }
    }

    [Fact]
    public async Task Page_RenderedAgainLookingTheSame_KeepsItsPictureAndNoOtherIsTaken()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await PicturesAsync(server);
        await server.With(manager).StartAsync();
        var before = Content(await PageWithPictureAsync(server, "elements/helium"), "property=\"og:image\"");
        await AllPicturesAsync(manager, 3);
        manager.Requests.Clear();

        // Looks the same in a box; then it does not.
        server.Realms.Write("elements/helium.json", """{ "title": "changed" }""");
        await Eventually.TrueAsync(() => manager.Requests.Count == 1, () => "helium to be rendered again");
        await server.IndexedAsync();
        Assert.Equal(before, Content(await PageWithPictureAsync(server, "elements/helium"), "property=\"og:image\""));
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Fitted(request, shell, "<b>other</b>"));
        manager.PictureAnswer = (http, shell) => FakeManager.Picture(http, shell, [1, 2, 3]);
        server.Realms.Write("elements/helium.json", """{ "title": "changed again" }""");

        await Eventually.TrueAsync(
            async () => Content(await PageWithPictureAsync(server, "elements/helium"), "property=\"og:image\"") != before, () => "helium's page to name another picture");
        Assert.Equal(4, manager.PictureRequests.Count);
    }

    [Fact]
    public async Task Crawler_PageWithoutPicture_HasOneTakenForTheNext()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await PicturesAsync(server);
        await server.OnDemandOnly(manager).StartAsync();

        var first = await (await server.GetAsync("elements/helium", with: AsCrawler)).Content.ReadAsStringAsync();

        Assert.Contains("<h1>rendered</h1>", first, StringComparison.Ordinal);
        Assert.DoesNotContain("og:image", first, StringComparison.Ordinal);
        await PageWithPictureAsync(server, "elements/helium");
        Assert.Single(manager.PictureRequests);
    }

    [Fact]
    public async Task Page_ReplacedWhileItsPictureIsTaken_KeepsItsTextAndGetsThePicture()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await PicturesAsync(server);
        manager.PictureAnswer = (http, shell) =>
        {
            var page = server.StoredAsync("helium").GetAwaiter().GetResult()!;
            var other = new Dictionary<RenderFormat, string>(page.Formats) { [RenderFormat.Isolated] = "other" };
            server.Registry.Pages.TryStoreAsync(page with { Formats = other, ETag = "other" }, CancellationToken.None).GetAwaiter().GetResult();
            return FakeManager.Picture(http, shell, s_picture);
        };
        await server.OnDemandOnly(manager).StartAsync();

        await server.GetAsync("elements/helium", with: AsCrawler);

        await Eventually.TrueAsync(async () => (await server.StoredAsync("helium"))?.Picture is not null, () => "helium's page to have its picture");
        Assert.Equal("other", (await server.StoredAsync("helium"))!.Formats[RenderFormat.Isolated]);
    }

    [Fact]
    public async Task Card_Deleted_ItsPictureGoesToo()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await PicturesAsync(server);
        await server.With(manager).StartAsync();
        await PageWithPictureAsync(server, "elements/helium");

        File.Delete(Path.Combine(server.Realms.Path, "elements", "helium.json"));

        await Eventually.TrueAsync(
            async () => (await server.GetAsync("_pictures/elements/helium.jpg", "*/*")).StatusCode == HttpStatusCode.NotFound, () => "helium's picture to be forgotten");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("too large")]
    [InlineData("of another shell")]
    [InlineData("no fitted format")]
    public async Task Picture_ThatCannotBeKept_IsNotNamed(string kind)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await PicturesAsync(server);
        server.Settings.Add("Pictures:MaxKb=16");
        manager.PictureAnswer = kind switch
        {
            "too large" => (http, shell) => FakeManager.Picture(http, shell, new byte[17 * 1024]),
            "of another shell" => (http, shell) => FakeManager.Picture(http, shell with { Token = "other" }, s_picture),
            "none" => (_, _) => Results.Problem("There is no picture.", statusCode: 502),
            _ => manager.PictureAnswer,
        };
        if (kind == "no fitted format")
        {
            manager.Answer = (request, shell) => Results.Ok(FakeManager.Rendered(request, shell));
        }

        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        if (kind != "no fitted format")
        {
            await AllPicturesAsync(manager, 3);
        }

        // The last one asked for may still be on its way; of the first of three that is certain that it was not kept.
        Assert.DoesNotContain("og:image", await (await server.GetAsync("elements/helium")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("_pictures/elements/helium.jpg", "*/*")).StatusCode);
    }

    [Fact]
    public async Task Head_ThatNamesAPictureItself_IsLeftAsItIs()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        await server.StoreAsync("helium", "body", "<meta property=\"og:image\" content=\"/own.png\">");
        var page = (await server.StoredAsync("helium"))!;
        await server.Registry.Pages.TryStoreAsync(page with { Picture = new("http://h/p.jpg", "tag", 1, 1) }, TestContext.Current.CancellationToken);

        var html = await (await server.GetAsync("elements/helium")).Content.ReadAsStringAsync();

        Assert.Contains("/own.png", html, StringComparison.Ordinal);
        Assert.DoesNotContain("p.jpg", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Realm_Private_HasNoPictures()
    {
        const string Key = "a-key-of-more-than-16";
        await using var server = new RealmServerUnderTest();
        await using var manager = await PicturesAsync(server);
        server.Realms.Write("open/realm.json", """{ "name": "Open" }""");
        server.Realms.Write("open/index.json", "{}");
        server.Settings.Add($"Realms:ReadKeys:elements={Key}");
        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        var page = await server.GetAsync("elements/hydrogen", with: r => { AsCrawler(r); r.Headers.Authorization = new("Bearer", Key); });

        // After the public one's turn nothing is left to do.
        await PageWithPictureAsync(server, "open/");

        Assert.DoesNotContain("og:image", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.All(manager.PictureRequests, query => Assert.Equal(server.Url + "open/", query["url"].ToString()));
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("_pictures/elements/hydrogen.jpg", "*/*", with: r => r.Headers.Authorization = new("Bearer", Key))).StatusCode);
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

    private static async Task<FakeManager> PicturesAsync(RealmServerUnderTest server)
    {
        var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Fitted(request, shell));
        manager.PictureAnswer = (http, shell) => FakeManager.Picture(http, shell, s_picture);
        return manager;
    }

    private static Task AllPicturesAsync(FakeManager manager, int count) =>
        Eventually.TrueAsync(() => manager.PictureRequests.Count >= count, () => $"{count} pictures to be asked for; {manager.PictureRequests.Count} were");

    private static async Task<string> PageWithPictureAsync(RealmServerUnderTest server, string path)
    {
        var html = "";
        await Eventually.TrueAsync(
            async () => (html = await (await server.GetAsync(path)).Content.ReadAsStringAsync()).Contains("og:image", StringComparison.Ordinal),
            () => $"{path} to name a picture; it is {html}");
        return html;
    }

    private static string Content(string html, string attribute) =>
        html.Split(attribute + " content=\"", 2)[1].Split('"')[0];

    private static void AsCrawler(HttpRequestMessage request) => request.Headers.Add("X-Prerender", "1");
}
