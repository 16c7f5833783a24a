using System.Text;
using Fleet.Contracts;
using Fleet.Registry.HostShells;
using Fleet.Registry.Pages;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Manager;

/// <summary>Options of the page in queries and bodies of the manager's own routes, and its documents as Markdown and text.</summary>
public sealed class PageOptionsRouteTests : OneServerTestBase
{
    private const string Options = "&waitForSelector=%23a&waitForEvent=b&waitForTimeout=10&maxWaitMs=20&bestAttempt=true&device=iPhone-15&width=500&height=600&userAgent=c&locale=de-DE"
        + "&timezone=Europe/Berlin&colorScheme=dark&media=print&blockResources=image,%20font&blockUrls=*/d/*,*e";

    [Theory]
    [InlineData("render")]
    [InlineData("screenshot")]
    [InlineData("pdf")]
    public async Task Get_EveryOption_IsRequested(string route)
    {
        Manager.UseAdminKey();
        using var response = await GetAsync(route, Options + "&waitForFunction=window.f");
        Assert.Equal(200, (int)response.StatusCode);
        PageRequest asked = route == "render" ? Assert.Single(Server.Calls).Request : Assert.Single(Server.Screenshots);
        Assert.Equal(("#a", "window.f", "b", 10, 20, true), (asked.WaitForSelector, asked.WaitForFunction, asked.WaitForEvent, asked.WaitForTimeout, asked.MaxWaitMs, asked.BestAttempt));
        Assert.Equal(("iPhone-15", 500, 600, "c", "de-DE", "Europe/Berlin"), (asked.Device, asked.Width, asked.Height, asked.UserAgent, asked.Locale, asked.Timezone));
        Assert.Equal((PageColorScheme.Dark, PageMedia.Print), (asked.ColorScheme, asked.Media));
        Assert.Equal(["image", "font"], asked.BlockResources!);
        Assert.Equal(["*/d/*", "*e"], asked.BlockUrls!);
    }

    [Theory]
    [InlineData("render", "&waitforselecter=a", "did you mean 'waitForSelector'?")]
    [InlineData("screenshot", "&devise=mobile", "did you mean 'device'?")]
    [InlineData("pdf", "&headers=a", "'headers' is not a parameter of /pdf")]
    [InlineData("render", "&device=phone", "'device': 'phone' is not a name of a device")]
    [InlineData("render", "&waitForTimeout=2000&deadlineMs=2000", "'waitForTimeout' is 2000: it must be less than 'deadlineMs', 2000.")]
    [InlineData("render", "&colorScheme=blue", "'colorScheme' is 'blue', which is none of light, dark.")]
    [InlineData("render", "&format=pdf", "'format' is 'pdf', which is none of html, markdown, text.")]
    [InlineData("screenshot", "&clip=1,2,3", "'clip' is '1,2,3': it must be x,y,width,height")]
    [InlineData("screenshot", "&clip=0,0,0,5", "'width' and 'height' between 1 and 16384")]
    [InlineData("screenshot", "&quality=50", "'quality' is for the types 'jpeg' and 'webp'")]
    [InlineData("screenshot", "&type=jpeg&omitBackground=true", "'omitBackground' is for the types 'png' and 'webp'")]
    [InlineData("screenshot", "&format=fitted&device=mobile", "'device' is for a page that is navigated to")]
    [InlineData("pdf", "&paper=a4&paperWidth=3&paperHeight=3", "'paper' excludes 'paperWidth' and 'paperHeight'")]
    [InlineData("pdf", "&paper=a6&marginLeft=4", "'marginLeft' and 'marginRight' leave less than 0.1 inches")]
    public async Task Get_InvalidOption_IsRefusedByName(string route, string query, string detail)
    {
        using var response = await GetAsync(route, query);
        Assert.Contains(detail, ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request")), StringComparison.Ordinal);
        Assert.Empty(Server.Calls);
        Assert.Empty(Server.Screenshots);
    }

    [Fact]
    public async Task Get_InvalidNumber_IsRefusedByName()
    {
        using var response = await GetAsync("render", "&width=wide");
        Assert.Equal("'width' is 'wide', which is not a whole number between 100 and 3840.", ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, "bad-request")));
    }

    [Fact]
    public async Task Post_Screenshots_RequestsEveryOptionOfTheBody()
    {
        using var image = await PostAsync("/screenshots", $$"""
            {"url":"{{ManagerUnderTest.Card}}","type":"webp","quality":30,"clip":{"x":1,"y":2,"width":3,"height":4},"headers":{"X-A":"b"},"cookies":[{"name":"c","value":"d"}],"credentials":{"authorization":"Bearer e"} }
            """);
        Assert.Equal(("image/png", 200), (image.Content.Headers.ContentType?.MediaType, (int)image.StatusCode));
        var asked = Assert.Single(Server.Screenshots);
        Assert.Equal((ScreenshotType.Webp, 30, new ScreenshotClip(1, 2, 3, 4), "Bearer e"), (asked.Type, asked.Quality, asked.Clip, asked.Credentials?.Authorization));
        Assert.Equal(("X-A", "b", "c", "d"), (asked.Headers!.Single().Key, asked.Headers!.Single().Value, asked.Cookies!.Single().Name, asked.Cookies!.Single().Value));
    }

    [Theory]
    [InlineData("/renders", "\"waitForSelektor\":\"a\"", "did you mean 'waitForSelector'?")]
    [InlineData("/screenshots", "\"cookies\":[{\"name\":\"a\",\"valeu\":\"b\"}]", "did you mean 'value'?")]
    [InlineData("/renders", "\"cookies\":[{\"name\":\"a b\"}]", "'cookies' has the name 'a b'")]
    [InlineData("/renders", "\"headers\":{\"Host\":\"x\"}", "'headers' has 'Host', which cannot be set")]
    [InlineData("/renders", "\"formats\":[\"isolated\"],\"locale\":\"de\"", "'locale' is for a page that is navigated to")]
    public async Task Post_InvalidOption_IsRefusedByName(string path, string members, string detail)
    {
        using var response = await PostAsync(path, $$"""{"url":"{{ManagerUnderTest.Card}}",{{members}}}""");
        Assert.Contains(detail, ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_StoredPageWithOptions_IsRendered()
    {
        await StoreAsync("<p>stored</p>");
        using var stored = await GetAsync("render", "");
        Assert.Equal("<p>stored</p>", await stored.Content.ReadAsStringAsync(Token));
        using var rendered = await GetAsync("render", "&device=mobile");
        Assert.Equal("<p>by prerender-0</p>", await rendered.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("&format=markdown", null, "text/markdown", "# Title\n\nA **b**\n")]
    [InlineData("&format=text", null, "text/plain", "Title\n\nA b\n")]
    [InlineData("", "text/markdown", "text/markdown", "# Title\n\nA **b**\n")]
    [InlineData("", "text/markdown;q=0.5, text/html", "text/html", "<h1>Title</h1><p>A <b>b</b></p>")]
    [InlineData("&format=html", "text/markdown", "text/html", "<h1>Title</h1><p>A <b>b</b></p>")]
    public async Task Get_Format_IsTheMainContentInIt(string query, string? accept, string mediaType, string expected)
    {
        Server.Answer = static (http, _) =>
        {
            http.Response.Headers[FleetHeaders.Outcome] = "failed";
            http.Response.Headers[FleetHeaders.PageStatus] = "404";
            return Results.Content("<h1>Title</h1><p>A <b>b</b></p>", "text/html; charset=utf-8").ExecuteAsync(http);
        };
        using var response = await GetAsync("render", query, accept);
        Assert.Equal((404, mediaType), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(query.Length == 0, response.Headers.Vary.Contains("Accept"));
        if (mediaType != "text/html")
        {
            Assert.Equal($"<{ManagerUnderTest.Card}>; rel=\"canonical\"", Assert.Single(response.Headers.GetValues("Link")));
            Assert.Equal(((expected.Length + 3) / 4).ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.Single(response.Headers.GetValues(FleetHeaders.MarkdownTokens)));
        }
    }

    [Fact]
    public async Task Get_MarkdownOfAStoredPage_IsConverted()
    {
        await StoreAsync("<main><h1>Stored</h1></main>");
        using var response = await GetAsync("render", "&format=markdown");
        Assert.Equal(("# Stored\n", "stored"), (await response.Content.ReadAsStringAsync(Token), Assert.Single(response.Headers.GetValues(FleetHeaders.Source))));
    }

    [Fact]
    public async Task Get_MarkdownOfAPageThatIsTooDeep_IsAProblem()
    {
        Server.Answer = static (http, _) =>
        {
            http.Response.Headers[FleetHeaders.Outcome] = "rendered";
            http.Response.Headers[FleetHeaders.PageStatus] = "200";
            return Results.Content(string.Concat(Enumerable.Repeat("<div>", 1000)) + "deep", "text/html; charset=utf-8").ExecuteAsync(http);
        };
        using var response = await GetAsync("render", "&format=text");
        await ManagerUnderTest.AssertProblemAsync(response, 406, "no-markdown");
    }

    private async Task StoreAsync(string html)
    {
        var shell = (await Manager.Registry.HostShells.ClaimAsync(new HostShellClaim("token-2", "realm-0", DateTimeOffset.UnixEpoch), Token)).Current;
        await Eventually.TrueAsync(async () => (await Manager.GetFleetAsync()).Shell is not null, () => "the shell");
        await Manager.Registry.Pages.StoreAsync(new()
        {
            Realm = ManagerUnderTest.Realm,
            Url = ManagerUnderTest.Card,
            Status = 200,
            Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = html },
            SourceVersion = 1,
            Generation = shell.Generation,
            ShellToken = shell.Token,
            RenderedAt = TimeProvider.System.GetUtcNow(),
            ETag = "e",
        }, PageBounds.None, Token);
    }

    private async Task<HttpResponseMessage> GetAsync(string route, string query, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{route}?url={Uri.EscapeDataString(ManagerUnderTest.Card)}{query}");
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return await Manager.Client.SendAsync(request, Token);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string json) => Manager.Client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"), Token);
}
