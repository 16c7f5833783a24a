using Fleet.Contracts;
using Fleet.Registry.HostShells;
using Fleet.Registry.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.Manager;

/// <summary>Addresses of other prerender services: the same rules as of the manager's own routes, and a clear error for what is not served.</summary>
public sealed class DialectTests
{
    private const string Page = ManagerUnderTest.Host + "/products/7";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/" + Page, "/render?url=", "Prerender")]
    [InlineData("HEAD", "/" + Page, "", "Prerender")]
    [InlineData("GET", "/https%3A%2F%2Fh%2Fa", "/render?url=", "Prerender")]
    [InlineData("GET", "/render/" + Page, "/render?url=", "Rendertron")]
    [InlineData("GET", "/screenshot/" + Page, "/screenshot?url=", "Rendertron")]
    public async Task Send_DialectIsOff_IsAnErrorThatNamesTheRouteAndTheSetting(string method, string path, string route, string setting)
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        using var response = await SendAsync(manager, method, path);
        Assert.Equal(400, (int)response.StatusCode);
        if (method == "GET")
        {
            var detail = ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, "dialect-off"));
            Assert.Contains(route, detail, StringComparison.Ordinal);
            Assert.Contains($"Manager:Dialects:{setting}=true", detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/" + Page + "?q=a+b&r=%2F", Page + "?q=a+b&r=%2F")]
    [InlineData("/http%3A%2F%2F127.0.0.1%3A9%2Fproducts%2F7", Page)]
    [InlineData("/render/http%3A%2F%2F127.0.0.1%3A9%2Fproducts%2F7%3Fq%3D1", Page + "?q=1")]
    [InlineData("/render/" + Page, Page)]
    public async Task Get_Document_HasStatusAndHeadersOfThePageAndNoSandbox(string path, string url)
    {
        await using var manager = await StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        server.Answer = (http, _) =>
        {
            http.Response.Headers[FleetHeaders.Outcome] = "failed";
            http.Response.Headers[FleetHeaders.PageStatus] = "404";
            http.Response.Headers[FleetHeaders.PageHeaders] = """{"X-Robots-Tag":"noindex","Set-Cookie":"a=b","X-Fleet-Source":"stored"}""";
            return Results.Content("<p>not here</p>", "text/html; charset=utf-8").ExecuteAsync(http);
        };
        using var response = await SendAsync(manager, "GET", path);
        Assert.Equal((404, "<p>not here</p>"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token)));
        Assert.Equal(["noindex"], response.Headers.GetValues("X-Robots-Tag"));
        Assert.Equal(["rendered"], response.Headers.GetValues(FleetHeaders.Source));
        Assert.False(response.Headers.Contains("Content-Security-Policy") || response.Headers.Contains("X-Frame-Options") || response.Headers.Contains("Set-Cookie"));
        Assert.Equal(url, Assert.Single(server.Calls).Request.Url);
    }

    [Theory]
    [InlineData("/" + Page)]
    [InlineData("/render/" + Page)]
    public async Task Get_PageIsStored_IsAnsweredWithItsHeadersAndWithoutARender(string path)
    {
        await using var manager = await StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        var shell = (await manager.Registry.HostShells.ClaimAsync(new HostShellClaim("token-2", "realm-0", DateTimeOffset.UnixEpoch), Token)).Current;
        await Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Shell is not null, () => "the shell");
        await manager.Registry.Pages.StoreAsync(new()
        {
            Realm = ManagerUnderTest.Host + "/",
            Url = Page,
            Status = 200,
            Headers = new Dictionary<string, string> { ["X-Robots-Tag"] = "noindex" },
            Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = "<p>stored</p>" },
            SourceVersion = 1,
            Generation = shell.Generation,
            ShellToken = shell.Token,
            RenderedAt = TimeProvider.System.GetUtcNow(),
            ETag = "e",
        }, PageBounds.None, Token);
        using var response = await SendAsync(manager, "GET", path);
        Assert.Equal("<p>stored</p>", await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(["stored"], response.Headers.GetValues(FleetHeaders.Source));
        Assert.Equal(["noindex"], response.Headers.GetValues("X-Robots-Tag"));
        Assert.Empty(server.Calls);
    }

    [Theory]
    [InlineData("/http://169.254.169.254/latest/meta-data")]
    [InlineData("/http%3A%2F%2F169.254.169.254%2F")]
    [InlineData("/http:/169.254.169.254/")]
    [InlineData("/render/http%3A%2F%2F169.254.169.254%2F")]
    [InlineData("/render/http://169.254.169.254/")]
    [InlineData("/screenshot/http://169.254.169.254/")]
    public async Task Get_OriginIsNotAllowed_IsRefused(string path)
    {
        await using var manager = await StartAsync();
        using var response = await SendAsync(manager, "GET", path);
        await ManagerUnderTest.AssertProblemAsync(response, 400, "not-allowed");
    }

    [Theory]
    [InlineData("/http://ada:pw@127.0.0.1:9/", "url")]
    [InlineData("/render/file:///etc/passwd", "url")]
    [InlineData("/render/" + Page + "?mobile=perhaps", "mobile")]
    [InlineData("/render/" + Page + "?timezoneId=Berlin;", "timezoneId")]
    [InlineData("/render/" + Page + "?wc-inject-shadydom=true", "wc-inject-shadydom")]
    [InlineData("/screenshot/" + Page + "?width=1", "width")]
    public async Task Get_InvalidRequest_IsRefusedByName(string path, string field)
    {
        await using var manager = await StartAsync();
        using var response = await SendAsync(manager, "GET", path);
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request");
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("wrong", 401)]
    [InlineData(ManagerUnderTest.AdminKey, 200)]
    public async Task Get_KeyIsRequired_IsTakenFromTheTokenHeader(string? token, int status)
    {
        await using var manager = await StartAsync("--Fleet:RequireKey=true");
        await manager.AddServerAsync("prerender-0");
        using var response = await SendAsync(manager, "GET", "/" + Page, "X-Prerender-Token", token);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Get_TokenOfAnotherServiceAndNoKeyIsRequired_IsAnswered()
    {
        await using var manager = await StartAsync();
        await manager.AddServerAsync("prerender-0");
        using var response = await SendAsync(manager, "GET", "/" + Page, "X-Prerender-Token", "token-of-prerender.io");
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\",\"url\":\"" + Page + "\"}")]
    [InlineData("{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\",\"urls\":[\"" + Page + "\"]}")]
    public async Task Post_Recache_IsPassedToTheRealmServerWithTheCallersKey(string body)
    {
        string? seen = null;
        await using var realm = await StartRealmServerAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            seen = $"{http.Request.Method} {http.Request.Path} {http.Request.Headers.Authorization} {await reader.ReadToEndAsync(http.RequestAborted)}";
            await Results.Json(new { pages = Array.Empty<string>() }, statusCode: 202).ExecuteAsync(http);
        });
        await using var manager = await StartAsync($"--services:realm:http:0={realm.Urls.Single()}");
        using var response = await PostJsonAsync(manager, "/recache", body);
        Assert.Equal((202, "{\"pages\":[]}"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token)));
        Assert.Equal($"POST /_pages/recache Bearer {ManagerUnderTest.AdminKey} {{\"urls\":[\"{Page}\"]}}", seen);
    }

    [Theory]
    [InlineData("{\"url\":\"" + Page + "\"}", 401, "wrong-admin-key", "This route requires")]
    [InlineData("{\"prerenderToken\":\"wrong\",\"url\":\"" + Page + "\"}", 401, "wrong-admin-key", "This route requires")]
    [InlineData("{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\"}", 400, "invalid-request", "'url' is missing")]
    [InlineData("{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\",\"url\":\"u\",\"urls\":[]}", 400, "invalid-request", "'urls' and 'url' are both given")]
    [InlineData("{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\",\"adaptiveType\":\"mobile\"}", 400, "invalid-request", "'adaptiveType' is not a member")]
    [InlineData("{\"prerenderToken\":\"" + ManagerUnderTest.AdminKey + "\",\"url\":\"" + Page + "\"}", 502, "realm-server-unreachable", "services:realm:http:0")]
    public async Task Post_RecacheThatCannotBePassedOn_SaysWhy(string body, int status, string reason, string detail)
    {
        await using var manager = await StartAsync();
        using var response = await PostJsonAsync(manager, "/recache", body);
        Assert.Contains(detail, ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, status, reason)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_RecacheAndDialectIsOff_NamesTheRouteOfTheRealmServer()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        using var response = await PostJsonAsync(manager, "/recache", "{\"url\":\"" + Page + "\"}");
        Assert.Contains("POST /_pages/recache on the realm server", ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, "dialect-off")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_PageOfAnotherSiteAsks_IsRefused()
    {
        await using var manager = await StartAsync();
        using var response = await SendAsync(manager, "GET", "/" + Page, "Sec-Fetch-Site", "cross-site");
        await ManagerUnderTest.AssertProblemAsync(response, 403, "cross-site");
    }

    [Fact]
    public async Task Get_ScreenshotOfRendertron_HasItsDefaults()
    {
        await using var manager = await StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        using var response = await SendAsync(manager, "GET", "/screenshot/http%3A%2F%2F127.0.0.1%3A9%2Fproducts%2F7?width=600");
        Assert.Equal(200, (int)response.StatusCode);
        var asked = Assert.Single(server.Screenshots);
        Assert.Equal((Page, ScreenshotType.Jpeg, 600, 1000), (asked.Url, asked.Type, asked.Width, asked.Height));
    }

    [Theory]
    [InlineData("/content", "browserless")]
    [InlineData("/screenshot", "browserless")]
    [InlineData("/chromium/pdf", "browserless")]
    [InlineData("/forms/chromium/convert/url", "gotenberg")]
    public async Task Post_DialectIsOff_IsAnErrorThatNamesTheRouteAndTheSetting(string path, string setting)
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        using var response = await PostJsonAsync(manager, path, "{\"url\":\"" + Page + "\"}");
        var detail = ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, "dialect-off"));
        Assert.Contains($"Manager:Dialects:{setting}=true", detail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("?url=", detail, StringComparison.Ordinal);
    }

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
    public async Task Post_ScreenshotOfBrowserless_IsAskedFor()
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
    public async Task Post_PdfOfBrowserless_IsAskedForInInches(string options, double width, double height)
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
    public async Task Post_OriginIsNotAllowed_IsRefused(string path)
    {
        await using var manager = await StartAsync();
        using var response = await PostJsonAsync(manager, path, "{\"url\":\"http://169.254.169.254/\"}");
        await ManagerUnderTest.AssertProblemAsync(response, 400, "not-allowed");
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

    [Fact]
    public async Task Post_FormsOfGotenberg_AreAskedFor()
    {
        await using var manager = await StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        using var pdf = await PostFormAsync(manager, "/forms/chromium/convert/url",
            ("url", Page), ("paperWidth", "8.5"), ("paperHeight", "297mm"), ("marginTop", "0"), ("landscape", "true"), ("scale", "0.5"), ("nativePageRanges", "1-2"), ("printBackground", "false"));
        Assert.Equal(200, (int)pdf.StatusCode);
        using var image = await PostFormAsync(manager, "/forms/chromium/screenshot/url", ("url", Page), ("format", "jpeg"), ("width", "600"));
        Assert.Equal(200, (int)image.StatusCode);
        Assert.Collection(server.Screenshots,
            asked => Assert.Equal(
                (Page, new PdfOptions { PaperWidth = 8.5, PaperHeight = 297 / 25.4, MarginTop = 0, Landscape = true, Scale = 0.5, PageRanges = "1-2", PrintBackground = false }), (asked.Url, asked.Pdf)),
            asked => Assert.Equal((Page, ScreenshotType.Jpeg, 600, true), (asked.Url, asked.Type, asked.Width, asked.FullPage)));
    }

    [Theory]
    [InlineData("/forms/chromium/convert/url", "pdfa", "PDF/A-2b", "'pdfa' is not a field")]
    [InlineData("/forms/chromium/convert/url", "waitDelay", "soon", "'waitDelay' is 'soon': it must be a duration such as '5s'")]
    [InlineData("/forms/chromium/convert/url", "waitDelay", "3m", "'waitDelay' is 180000")]
    [InlineData("/forms/chromium/convert/url", "extraHttpHeaders", "X: y", "'extraHttpHeaders' must be JSON")]
    [InlineData("/forms/chromium/convert/url", "extraHttpHeaders", "{\"Cookie\":\"a=b\"}", "'extraHttpHeaders' has 'Cookie', which cannot be set: use 'cookies'")]
    [InlineData("/forms/chromium/convert/url", "emulatedMediaType", "paper", "'emulatedMediaType' is 'paper', which is none of screen, print")]
    [InlineData("/forms/chromium/convert/url", "paperWidht", "8", "did you mean 'paperWidth'?")]
    [InlineData("/forms/chromium/convert/url", "paperWidth", "wide", "'paperWidth' is 'wide'")]
    [InlineData("/forms/chromium/convert/url", "paperWidth", "8", "belong together")]
    [InlineData("/forms/chromium/convert/url", "landscape", "yes", "'landscape' is 'yes'")]
    [InlineData("/forms/chromium/screenshot/url", "format", "gif", "'format' is 'gif': it must be one of png, jpeg, webp")]
    [InlineData("/forms/chromium/screenshot/url", "quality", "50", "'quality' is for the types 'jpeg' and 'webp'")]
    [InlineData("/forms/chromium/screenshot/url", "optimizeForSpeed", "true", "'optimizeForSpeed' is not a field")]
    public async Task Post_InvalidFormOfGotenberg_IsRefusedByName(string path, string name, string value, string detail)
    {
        await using var manager = await StartAsync();
        using var response = await PostFormAsync(manager, path, ("url", Page), (name, value));
        Assert.Contains(detail, ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?mobile", "mobile", null)]
    [InlineData("?mobile=true&timezoneId=Europe/Berlin", "mobile", "Europe/Berlin")]
    [InlineData("?mobile=false", null, null)]
    public async Task Get_OptionsOfRendertron_AreAskedFor(string query, string? device, string? timezone)
    {
        await using var manager = await StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        using var document = await SendAsync(manager, "GET", "/render/" + Page + query);
        using var screenshot = await SendAsync(manager, "GET", "/screenshot/" + Page + query);
        Assert.Equal((200, 200), ((int)document.StatusCode, (int)screenshot.StatusCode));
        var (rendered, taken) = (Assert.Single(server.Calls).Request, Assert.Single(server.Screenshots));
        Assert.Equal((device, timezone), (rendered.Device, rendered.Timezone));
        Assert.Equal((device, timezone, device is null ? 1000 : null), (taken.Device, taken.Timezone, taken.Width));
    }

    [Theory]
    [InlineData("/content")]
    [InlineData("/screenshot")]
    [InlineData("/pdf")]
    public async Task Post_OptionsOfBrowserless_AreAskedFor(string path)
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
    public async Task Post_ImageAndTemplatesOfBrowserless_AreAskedFor()
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

    [Fact]
    public async Task Post_ScriptWithoutTheKey_IsRefused()
    {
        await using var manager = await StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        using var browserless = await PostJsonAsync(manager, "/content", "{\"url\":\"" + Page + "\",\"waitForFunction\":{\"fn\":\"1\"}}");
        await ManagerUnderTest.AssertProblemAsync(browserless, 401, "wrong-admin-key");
        using var gotenberg = await PostFormAsync(manager, "/forms/chromium/convert/url", ("url", Page), ("waitForExpression", "1"));
        await ManagerUnderTest.AssertProblemAsync(gotenberg, 401, "wrong-admin-key");
        using var own = await manager.Client.GetAsync("/render?waitForFunction=1&url=" + Uri.EscapeDataString(Page), Token);
        await ManagerUnderTest.AssertProblemAsync(own, 401, "wrong-admin-key");
        Assert.Empty(server.Calls);
        Assert.Empty(server.Screenshots);
    }

    [Fact]
    public async Task Post_OptionsOfGotenberg_AreAskedFor()
    {
        await using var manager = await StartAsync();
        manager.UseAdminKey();
        var server = await manager.AddServerAsync("prerender-0");
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in ((string, string)[])
            [("url", Page), ("waitDelay", "1.5s"), ("waitForExpression", "window.a"), ("waitForSelector", "#b"), ("emulatedMediaType", "screen"), ("userAgent", "c"), ("generateTaggedPdf", "false"),
             ("cookies", """[{"name":"d","value":"e","domain":"127.0.0.1","sameSite":"Lax"}]"""), ("extraHttpHeaders", """{"X-F":"g"}""")])
        {
            form.Add(new StringContent(value), name);
        }

        form.Add(new StringContent("<b>head"), "files", "header.html");
        form.Add(new StringContent("<b>foot"), "files", "footer.html");
        using var response = await manager.Client.PostAsync("/forms/chromium/convert/url", form, Token);
        Assert.Equal(200, (int)response.StatusCode);
        using var image = await PostFormAsync(manager, "/forms/chromium/screenshot/url", ("url", Page), ("format", "webp"), ("quality", "40"), ("omitBackground", "true"), ("clip", "true"));
        Assert.Equal(200, (int)image.StatusCode);
        Assert.Collection(server.Screenshots,
            asked =>
            {
                Assert.Equal((1500, "window.a", "#b", PageMedia.Screen, "c"), (asked.WaitForTimeout, asked.WaitForFunction, asked.WaitForSelector, asked.Media, asked.UserAgent));
                Assert.Equal(new PageCookie { Name = "d", Value = "e", SameSite = CookieSameSite.Lax }, Assert.Single(asked.Cookies!));
                Assert.Equal([KeyValuePair.Create("X-F", "g")], asked.Headers!);
                Assert.Equal(new PdfOptions { HeaderTemplate = "<b>head", FooterTemplate = "<b>foot", Tagged = false }, asked.Pdf);
            },
            asked => Assert.Equal((ScreenshotType.Webp, 40, true, false), (asked.Type, asked.Quality, asked.OmitBackground, asked.FullPage)));
    }

    [Fact]
    public async Task Post_NoFormForGotenberg_IsRefused()
    {
        await using var manager = await StartAsync();
        using var json = await PostJsonAsync(manager, "/forms/chromium/convert/url", "{}");
        await ManagerUnderTest.AssertProblemAsync(json, 400, "invalid-request");
        using var broken = new StringContent("no boundary in it");
        broken.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        using var response = await manager.Client.PostAsync("/forms/chromium/convert/url", broken, Token);
        await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request");
        using var elsewhere = await PostFormAsync(manager, "/forms/chromium/convert/url", ("url", "http://169.254.169.254/"));
        await ManagerUnderTest.AssertProblemAsync(elsewhere, 400, "not-allowed");
    }

    private static Task<ManagerUnderTest> StartAsync(params string[] settings) =>
        ManagerUnderTest.StartAsync(["--Manager:Dialects:Prerender=true", "--Manager:Dialects:Rendertron=true", "--Manager:Dialects:Browserless=true", "--Manager:Dialects:Gotenberg=true", .. settings]);

    private static async Task<HttpResponseMessage> SendAsync(ManagerUnderTest manager, string method, string path, string? header = null, string? value = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        // As it is: '/http%3A%2F%2F' and '..' are sent as written.
        using var request = new HttpRequestMessage(new(method), new Uri(manager.Client.BaseAddress!.AbsoluteUri.TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (header is not null && value is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        return await client.SendAsync(request, Token);
    }

    private static async Task<WebApplication> StartRealmServerAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(answer);
        await app.StartAsync(Token);
        return app;
    }

    private static Task<HttpResponseMessage> PostJsonAsync(ManagerUnderTest manager, string path, string json) =>
        manager.Client.PostAsync(path, new StringContent(json, System.Text.Encoding.UTF8, "application/json"), Token);

    private static async Task<HttpResponseMessage> PostFormAsync(ManagerUnderTest manager, string path, params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        return await manager.Client.PostAsync(path, form, Token);
    }
}
