using System.Globalization;
using System.Net.Http.Json;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering.Fidelity;

/// <summary>A page that redirects, by any means and to any address, is answered as a redirect.</summary>
[Collection(FidelityCollection.Name)]
public sealed class RedirectTests(ServerFixture server)
{
    private const string Outside = "https://external.example/shop";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(301, "/end")]
    [InlineData(302, "/end")]
    [InlineData(307, "/end")]
    [InlineData(301, Outside)]
    [InlineData(302, "http://127.0.0.1:1/closed")]
    [InlineData(302, "/zip")]
    [InlineData(301, "/empty")]
    [InlineData(308, "/hangs-up")]
    [InlineData(302, "/end#/part?a=b")]
    [InlineData(301, Outside + "#part")]
    public async Task Html_RedirectOfTheServer_IsPassedOnWhateverIsBehindIt(int status, string target)
    {
        ServeTargets();
        var path = $"/{Guid.NewGuid():N}";
        server.OtherApp.Routes[path] = http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = target;
            return Task.CompletedTask;
        };
        var result = await RenderAsync(path);
        AssertRedirect(status, target, result);
        Assert.Empty(result.Formats);
    }

    [Theory]
    // What the page declares takes precedence.
    [InlineData("meta('prerender-status-code', '301'); meta('prerender-header', 'Location: /new'); document.body.append('moved')", 301, "/new")]
    [InlineData("meta('prerender-status-code', '301'); meta('prerender-header', 'Location: /new'); location.replace('/other')", 301, "/new")]
    [InlineData("meta('prerender-status-code', '301'); meta('prerender-header', 'Location: https://external.example/shop'); location.href = 'https://external.example/shop'", 301, Outside)]
    [InlineData("meta('prerender-status-code', '301'); location.replace('/end')", 301, "/end")]
    // Without that, it is a temporary redirect to where the page goes.
    [InlineData("location.replace('/end')", 302, "/end")]
    [InlineData("location.assign('/end?a=1')", 302, "/end?a=1")]
    [InlineData("location = '/end'", 302, "/end")]
    [InlineData("setTimeout(() => { location.href = '/end' }, 150)", 302, "/end")]
    [InlineData("fetch('/slow').then(() => location.replace('/end'))", 302, "/end")]
    [InlineData("document.body.insertAdjacentHTML('beforeend', '<a id=a href=/end>x</a>'); a.click()", 302, "/end")]
    [InlineData("document.body.insertAdjacentHTML('beforeend', '<form id=f action=/end><input name=q value=1></form>'); f.submit()", 302, "/end?q=1")]
    [InlineData("meta('', '0;url=/end', 'refresh')", 302, "/end")]
    [InlineData("meta('', '3; URL=\\'/end\\'', 'refresh')", 302, "/end")]
    [InlineData("location.href = 'https://external.example/shop'", 302, Outside)]
    [InlineData("location.href = '/zip'", 302, "/zip")]
    [InlineData("location.href = '/empty'", 302, "/empty")]
    [InlineData("location.href = '/end'; setTimeout(() => { location.href = '/other' }, 1)", 302, "/end")]
    public async Task Html_RedirectOfThePage_IsReportedAsOne(string script, int status, string target)
    {
        ServeTargets();
        AssertRedirect(status, target, await server.RenderPageAsync(Page(script)));
    }

    [Theory]
    [InlineData("0; url=/end", "/end")]
    [InlineData("3;url=/end", "/end")]
    [InlineData("60; url=/end", null)]
    [InlineData("3; url=https://external.example/shop", Outside)]
    public async Task Html_RefreshHeader_IsARedirectAsMetaRefreshIs(string refresh, string? target)
    {
        ServeTargets();
        var path = $"/{Guid.NewGuid():N}";
        server.OtherApp.Routes[path] = http =>
        {
            http.Response.Headers["Refresh"] = refresh;
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("<p>the page</p>");
        };
        var result = await RenderAsync(path);
        if (target is not null)
        {
            AssertRedirect(302, target, result);
            return;
        }

        Assert.Equal((200, null), (result.Status, result.RedirectUrl));
    }

    [Theory]
    [InlineData("history.pushState(null, '', '/pushed')")]
    [InlineData("location.hash = 'here'")]
    [InlineData("if (!document.cookie.includes('seen')) { document.cookie = 'seen=1'; location.reload(); }")]
    [InlineData("navigation.addEventListener('navigate', (e) => e.intercept({ handler: async () => document.body.append('intercepted') })); location.href = '/routed'")]
    [InlineData("meta('', '300', 'refresh')")]
    [InlineData("meta('', '60; url=/end', 'refresh')")]
    [InlineData("open('/end')")]
    [InlineData("const f = document.createElement('iframe'); f.srcdoc = '<script>location.href = \"/end\"<\\/script>'; document.body.append(f)")]
    public async Task Html_PageThatStays_IsNoRedirect(string script)
    {
        ServeTargets();
        var result = await server.RenderPageAsync(Page(script));
        Assert.Equal((RenderOutcome.Rendered, 200, null), (result.Outcome, result.Status, result.RedirectUrl));
        Assert.Contains("the page", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("/bounce?to={0}?q=a%252Fb")]
    public async Task Html_RedirectBackToTheAddressByACookie_IsThePage(string target)
    {
        var path = $"/{Guid.NewGuid():N}";
        server.OtherApp.Routes["/bounce"] = http => RedirectAsync(http, http.Request.Query["to"].ToString());
        server.OtherApp.Routes[path] = http => http.Request.Cookies.ContainsKey("seen")
            ? http.Response.WriteAsync("<!doctype html><p>the page</p>")
            : RedirectAsync(http, string.Format(CultureInfo.InvariantCulture, target, path));
        var result = await RenderAsync(path + (target.Contains('?', StringComparison.Ordinal) ? "?q=a%2Fb" : ""));
        Assert.Equal((RenderOutcome.Rendered, 200, null), (result.Outcome, result.Status, result.RedirectUrl));
        Assert.Contains("the page", result.Formats[RenderFormat.Html], StringComparison.Ordinal);

        static Task RedirectAsync(HttpContext http, string target)
        {
            http.Response.StatusCode = 302;
            http.Response.Headers.Location = target;
            http.Response.Cookies.Append("seen", "1");
            return Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData("meta('prerender-status-code', '301'); meta('prerender-header', 'Location: ' + location.href)", "its own address")]
    [InlineData("meta('prerender-status-code', '302'); meta('prerender-header', 'Location: ' + location.href); location.replace('/end')", "its own address")]
    [InlineData("meta('prerender-status-code', '308')", "without a Location")]
    public async Task Html_RedirectThatLeadsNowhere_IsAnErrorOfThePage(string script, string named)
    {
        ServeTargets();
        var result = await server.RenderPageAsync(Page(script));
        Assert.Equal((RenderOutcome.Unusable, null), (result.Outcome, result.RedirectUrl));
        Assert.Contains(named, result.Diagnostics?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "")]
    // Descriptions of failed requests are bounded in length and number.
    [InlineData(1_500, "")]
    [InlineData(0, "for (let i = 0; i < 30; i++) await fetch('/missing/' + i)")]
    // The document of a frame is another one.
    [InlineData(0, "document.querySelector('iframe').src = '/whole'")]
    public async Task Html_DocumentIsCutOff_IsNoVerdict(int queryLength, string before)
    {
        var (path, begun) = ($"/{Guid.NewGuid():N}", new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        server.OtherApp.Routes[path + "/begun"] = http =>
        {
            begun.TrySetResult();
            return Task.CompletedTask;
        };
        server.OtherApp.Routes[path] = async http =>
        {
            http.Response.ContentType = "text/html";
            await http.Response.WriteAsync($"<!doctype html><p>half<iframe></iframe><script>(async () => {{ {before}; await fetch('{path}/begun') }})()</script>", Token);
            await http.Response.Body.FlushAsync(Token);
            await begun.Task.WaitAsync(Token);
            http.Abort();
        };
        server.OtherApp.Page("/whole", "<p>whole");
        var result = await RenderAsync(queryLength == 0 ? path : path + "?" + new string('q', queryLength));
        Assert.Equal(RenderOutcome.NoVerdict, result.Outcome);
        Assert.Empty(result.Formats);
        Assert.Contains("was not received completely: ERR_", result.Diagnostics?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_FrameIsCutOff_RendersThePage()
    {
        var path = $"/{Guid.NewGuid():N}";
        server.OtherApp.Routes[path + "/frame"] = async http =>
        {
            http.Response.ContentType = "text/html";
            await http.Response.WriteAsync("<p>half", Token);
            await http.Response.Body.FlushAsync(Token);
            http.Abort();
        };
        server.OtherApp.Page(path, $"<p>whole<iframe src=\"{path}/frame\"></iframe>");
        var result = await RenderAsync(path);
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
    }

    [Theory]
    [InlineData(301, "/end", "")]
    [InlineData(200, "", "location.replace('/end')")]
    [InlineData(200, "", "meta('', '0;url=/end', 'refresh')")]
    public async Task Screenshots_RedirectInsideTheAllowList_ShowsTheTarget(int status, string target, string script)
    {
        ServeTargets();
        foreach (var type in (ScreenshotType[])[ScreenshotType.Png, ScreenshotType.Pdf])
        {
            var path = Serve(status, target, script);
            using var response = await server.Client.PostAsJsonAsync("screenshots", new ScreenshotRequest { Url = server.OtherApp[path].AbsoluteUri, Type = type }, FleetJson.Options, Token);
            Assert.Equal(type == ScreenshotType.Pdf ? "application/pdf" : "image/png", response.Content.Headers.ContentType?.MediaType);
            Assert.Equal(["200"], response.Headers.GetValues(FleetHeaders.PageStatus));
        }
    }

    [Theory]
    [InlineData("location.replace(location.search ? location.pathname : '?b')", "?b")]
    [InlineData("setTimeout(() => { location.href = location.search ? location.pathname : '?b' }, 50)", "?b")]
    [InlineData("location.href = '?' + (Number(location.search.slice(1)) + 1)", "?9")]
    public async Task Screenshots_RedirectsWithoutEnd_EndWithTheirAddresses(string script, string named)
    {
        var url = server.OtherApp[Serve(200, "", script)];
        using var response = await server.Client.PostAsJsonAsync("screenshots", new ScreenshotRequest { Url = url.AbsoluteUri, DeadlineMs = 60_000 }, FleetJson.Options, Token);
        var result = (await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Token))!;
        Assert.Equal(RenderOutcome.Unusable, result.Outcome);
        Assert.Contains("redirects endlessly", result.Diagnostics!.Message, StringComparison.Ordinal);
        Assert.Contains(url.AbsoluteUri + named, result.Diagnostics.Message, StringComparison.Ordinal);
        Assert.Contains("next", (await server.RenderPageAsync("<p>next</p>")).Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Screenshots_RedirectOutOfTheAllowList_IsAResultThatNamesTheTarget()
    {
        using var response = await server.Client.PostAsJsonAsync("screenshots",
            new ScreenshotRequest { Url = server.OtherApp[Serve(302, Outside, "")].AbsoluteUri }, FleetJson.Options, Token);
        var result = (await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Token))!;
        AssertRedirect(302, Outside, result);
    }

    private static string Page(string script) => $$"""
        <!doctype html><body><p>the page</p><script>
        const meta = (name, content, equiv) => { const m = document.createElement('meta'); if (name) m.name = name; if (equiv) m.httpEquiv = equiv; m.content = content; document.head.append(m); };
        {{script}}
        </script>
        """;

    private string Serve(int status, string target, string script)
    {
        var path = $"/{Guid.NewGuid():N}";
        server.OtherApp.Routes[path] = http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = target;
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync(Page(script));
        };
        return path;
    }

    private void ServeTargets()
    {
        server.OtherApp.Page("/end", "<!doctype html><h1>The end</h1>");
        server.OtherApp.Page("/other", "<!doctype html><h1>Other</h1>");
        server.OtherApp.Routes["/zip"] = http =>
        {
            http.Response.ContentType = "application/zip";
            return http.Response.WriteAsync("PK");
        };
        server.OtherApp.Routes["/empty"] = http =>
        {
            http.Response.StatusCode = 204;
            return Task.CompletedTask;
        };
        server.OtherApp.Routes["/hangs-up"] = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        server.OtherApp.Routes["/slow"] = http => Task.Delay(200, Token).ContinueWith(_ => http.Response.WriteAsync("slow"), TaskScheduler.Default).Unwrap();
    }

    private void AssertRedirect(int status, string target, RenderResult result)
    {
        var url = new Uri(server.OtherApp.Url, target).AbsoluteUri;
        Assert.True((RenderOutcome.Rendered, status, url) == (result.Outcome, result.Status, result.RedirectUrl),
            $"Expected {status} {url}. Seen: {result.Outcome} {result.Status} {result.RedirectUrl} {result.Diagnostics?.Message} {result.Formats.GetValueOrDefault(RenderFormat.Html)}");
    }

    private Task<RenderResult> RenderAsync(string path) => server.RenderAsync(new() { Url = server.OtherApp[path].AbsoluteUri }, Token);
}
