using Fleet.Contracts;
using Microsoft.AspNetCore.Http;
using static Fleet.Tests.Manager.Dialects.DialectRequests;

namespace Fleet.Tests.Manager.Dialects;

/// <summary>The REST addresses of browserless: bodies, options, the key.</summary>
public sealed class BrowserlessDialectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/content")]
    [InlineData("/chromium/content?token=of-a-service-that-is-not-this-one")]
    public async Task Post_ContentOfBrowserless_IsTheDocument(string path)
    {
        await using var manager = await StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        using var response = await PostJsonAsync(manager, path, "{\"url\":\"" + Page + "\",\"gotoOptions\":{\"waitUntil\":[\"load\",\"networkidle0\"],\"timeout\":5000}}");
        Assert.Equal((200, "<p>by prerender-0</p>"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token)));
        Assert.Equal(["sandbox"], response.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(Page, Assert.Single(server.Calls).Request.Url);
    }

    [Fact]
    public async Task Post_ScreenshotOfBrowserless_IsRequested()
    {
        await using var manager = await StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        using var response = await PostJsonAsync(manager, "/screenshot",
            "{\"url\":\"" + Page + "\",\"options\":{\"type\":\"webp\",\"fullPage\":true},\"viewport\":{\"width\":600,\"height\":400,\"deviceScaleFactor\":2}}");
        Assert.Equal(200, (int)response.StatusCode);
        var asked = Assert.Single(server.Screenshots);
        Assert.Equal((Page, ScreenshotType.Webp, true, 600, 400, 2), (asked.Url, asked.Type, asked.FullPage, asked.Width, asked.Height, asked.Scale));
    }

    [Theory]
    [InlineData("{\"format\":\"Letter\",\"landscape\":true,\"margin\":{\"top\":\"1in\",\"left\":\"25.4mm\",\"right\":96},\"scale\":0.5,\"pageRanges\":\"1-2\",\"printBackground\":true}", 8.5, 11.0)]
    [InlineData("{\"width\":\"10cm\",\"height\":\"100mm\",\"landscape\":true,\"margin\":{\"top\":\"6pc\",\"left\":\"72pt\",\"right\":96},\"scale\":0.5,\"pageRanges\":\"1-2\",\"printBackground\":true}", 10 / 2.54, 100 / 25.4)]
    public async Task Post_PdfOfBrowserless_IsRequestedInInches(string options, double width, double height)
    {
        await using var manager = await StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        using var response = await PostJsonAsync(manager, "/pdf", "{\"url\":\"" + Page + "\",\"options\":" + options + "}");
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(
            new PdfOptions { PaperWidth = width, PaperHeight = height, Landscape = true, MarginTop = 1, MarginLeft = 1, MarginRight = 1, Scale = 0.5, PageRanges = "1-2", PrintBackground = true },
            Assert.Single(server.Screenshots).Pdf);
    }

    [Theory]
    [InlineData("/content", "{\"html\":\"<p>\"}", "'html' is not a member of the body of POST /content")]
    [InlineData("/content", "{\"url\":\"u\",\"addScriptTag\":[]}", "'addScriptTag' is not a member")]
    [InlineData("/content", "{\"url\":\"http://h/\",\"waitForSelector\":{\"selector\":\"p\",\"hidden\":true}}", "'hidden' is not a member of 'waitForSelector'")]
    [InlineData("/content", "{\"url\":\"http://h/\",\"setExtraHTTPHeaders\":{\"Host\":\"x\"}}", "'setExtraHTTPHeaders' has 'Host', which cannot be set")]
    [InlineData("/content", "{\"url\":\"http://h/\",\"rejectResourceTypes\":[\"images\"]}", "did you mean 'image'?")]
    [InlineData("/content", "{\"url\":\"http://h/\",\"cookies\":[{\"name\":\"a\",\"value\":\"b\",\"domain\":\"other.example\"}]}", "'cookies' has 'a' of 'other.example'")]
    [InlineData("/content", "{\"url\":\"http://h/\",\"viewport\":{\"width\":1}}", "'viewport.width' is 1")]
    [InlineData("/pdf", "{\"url\":\"http://h/\",\"options\":{\"displayHeaderFooter\":true}}", "'options.displayHeaderFooter' and a template belong together")]
    [InlineData("/content", "{\"url\":\"u\",\"gotoOptionz\":{}}", "did you mean 'gotoOptions'?")]
    [InlineData("/pdf", "{\"url\":\"u\",\"options\":{\"preferCSSPageSize\":true}}", "'preferCSSPageSize' is not a member of 'options' in the body of POST /pdf")]
    [InlineData("/content", "{}", "'url' is missing")]
    [InlineData("/content", "{\"url\":\"http://h/\",\"gotoOptions\":{\"timeout\":0}}", "'gotoOptions.timeout' is 0")]
    [InlineData("/content", "{\"url\":\"http://h/\",\"gotoOptions\":{\"waitUntil\":\"idle\"}}", "'gotoOptions.waitUntil' is none of")]
    [InlineData("/content?launch=x", "{\"url\":\"http://h/\"}", "'launch' is not a parameter")]
    [InlineData("/screenshot", "{\"url\":\"http://h/\",\"options\":{\"type\":\"pdf\"}}", "use POST /pdf instead")]
    [InlineData("/pdf", "{\"url\":\"http://h/\",\"options\":{\"format\":\"A9\"}}", "'options.format' is 'A9'")]
    [InlineData("/pdf", "{\"url\":\"http://h/\",\"options\":{\"margin\":{\"top\":\"much\"}}}", "'options.margin.top' is 'much'")]
    public async Task Post_InvalidRequestOfBrowserless_IsRefusedByName(string path, string body, string detail)
    {
        await using var manager = await StartAsync();
        using var response = await PostJsonAsync(manager, path, body);
        Assert.Contains(detail, ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/content")]
    [InlineData("/screenshot")]
    [InlineData("/pdf")]
    public async Task Post_OptionsOfBrowserless_AreRequested(string path)
    {
        await using var manager = await StartAsync();
        manager.UseAdminKey();
        var server = await manager.AddServerAsync("prerender-0");
        using var response = await PostJsonAsync(manager, path,
            "{\"url\":\"" + Page + """
            ","waitForSelector":{"selector":"#a","timeout":500},"waitForFunction":{"fn":"() => window.b","timeout":700},"waitForEvent":{"event":"c"},"waitForTimeout":100,"bestAttempt":true,
            "cookies":[{"name":"d","value":"e","domain":".127.0.0.1","path":"/f","httpOnly":true,"sameSite":"Strict"}],"setExtraHTTPHeaders":{"X-G":"h"},"userAgent":"i","emulateMediaType":"screen",
            "rejectResourceTypes":["image","font"],"viewport":{"width":600,"height":400}}
            """);
        Assert.Equal(200, (int)response.StatusCode);
        PageRequest asked = path == "/content" ? Assert.Single(server.Calls).Request : Assert.Single(server.Screenshots);
        Assert.Equal(("#a", "() => window.b", "c", 100, 700, true), (asked.WaitForSelector, asked.WaitForFunction, asked.WaitForEvent, asked.WaitForTimeout, asked.MaxWaitMs, asked.BestAttempt));
        Assert.Equal(new PageCookie { Name = "d", Value = "e", Path = "/f", HttpOnly = true, SameSite = CookieSameSite.Strict }, Assert.Single(asked.Cookies!));
        Assert.Equal([KeyValuePair.Create("X-G", "h")], asked.Headers!);
        Assert.Equal(("i", PageMedia.Screen, "image,font", 600, 400), (asked.UserAgent, asked.Media, string.Join(',', asked.BlockResources!), asked.Width, asked.Height));
    }

    [Fact]
    public async Task Post_ImageAndTemplatesOfBrowserless_AreRequested()
    {
        await using var manager = await StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        using var image = await PostJsonAsync(manager, "/screenshot",
            "{\"url\":\"" + Page + "\",\"options\":{\"type\":\"webp\",\"quality\":50,\"omitBackground\":true,\"clip\":{\"x\":1,\"y\":2,\"width\":30,\"height\":40}}}");
        using var pdf = await PostJsonAsync(manager, "/pdf",
            "{\"url\":\"" + Page + "\",\"options\":{\"displayHeaderFooter\":true,\"headerTemplate\":\"<b>h\",\"footerTemplate\":\"<i>f\",\"tagged\":false,\"outline\":true}}");
        Assert.Equal((200, 200), ((int)image.StatusCode, (int)pdf.StatusCode));
        Assert.Collection(server.Screenshots,
            asked => Assert.Equal((50, true, new ScreenshotClip(1, 2, 30, 40)), (asked.Quality, asked.OmitBackground, asked.Clip)),
            asked => Assert.Equal(new PdfOptions { HeaderTemplate = "<b>h", FooterTemplate = "<i>f", Tagged = false, Outline = true }, asked.Pdf));
    }

    [Theory]
    [InlineData("", 401)]
    [InlineData("?token=wrong", 401)]
    [InlineData("?token=" + ManagerUnderTest.AdminKey, 200)]
    public async Task Post_KeyIsRequired_IsTakenFromTheToken(string query, int status)
    {
        await using var manager = await StartAsync("--Fleet:RequireKey=true");
        await manager.AddServerAsync("prerender-0");
        using var response = await PostJsonAsync(manager, "/content" + query, "{\"url\":\"" + Page + "\"}");
        Assert.Equal(status, (int)response.StatusCode);
    }
}
