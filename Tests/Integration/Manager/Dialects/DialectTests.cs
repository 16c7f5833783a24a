using Fleet.Contracts;
using Fleet.Registry.HostShells;
using Fleet.Registry.Pages;
using Microsoft.AspNetCore.Http;
using static Fleet.Tests.Manager.Dialects.DialectRequests;

namespace Fleet.Tests.Manager.Dialects;

/// <summary>Addresses of other prerender services: the rules of the manager's own routes apply, and an unsupported route is a clear error.</summary>
public sealed class DialectTests
{
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
    [InlineData("/scrape?token=x", "format=text")]
    [InlineData("/chromium/function", "waitForFunction")]
    [InlineData("/forms/chromium/convert/html", "/forms/chromium/convert/url")]
    [InlineData("/forms/libreoffice/convert", "/forms/chromium/convert/url")]
    public async Task Post_AddressThatIsNotServed_NamesWhatToUse(string path, string instead)
    {
        await using var manager = await StartAsync();
        using var response = await PostJsonAsync(manager, path, "{}");
        Assert.Contains(instead, ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, "not-served")), StringComparison.Ordinal);
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

    [Fact]
    public async Task Get_FromAPageOfAnotherSite_IsRefused()
    {
        await using var manager = await StartAsync();
        using var response = await SendAsync(manager, "GET", "/" + Page, "Sec-Fetch-Site", "cross-site");
        await ManagerUnderTest.AssertProblemAsync(response, 403, "cross-site");
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
    [InlineData("/screenshot")]
    [InlineData("/pdf")]
    public async Task Post_OriginIsNotAllowed_IsRefused(string path)
    {
        await using var manager = await StartAsync();
        using var response = await PostJsonAsync(manager, path, "{\"url\":\"http://169.254.169.254/\"}");
        await ManagerUnderTest.AssertProblemAsync(response, 400, "not-allowed");
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
}
