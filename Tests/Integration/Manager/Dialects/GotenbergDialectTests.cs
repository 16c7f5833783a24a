using Fleet.Contracts;
using Microsoft.AspNetCore.Http;
using static Fleet.Tests.Manager.Dialects.DialectRequests;

namespace Fleet.Tests.Manager.Dialects;

/// <summary>Gotenberg's forms.</summary>
public sealed class GotenbergDialectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_FormsOfGotenberg_AreRequested()
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

    [Fact]
    public async Task Post_OptionsOfGotenberg_AreRequested()
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
}
