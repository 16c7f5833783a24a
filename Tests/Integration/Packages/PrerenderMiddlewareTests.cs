using System.Net;
using System.Text;
using Fleet.AspNetCore;
using Fleet.BrowserSetup;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Standalone.Hosting;
using Fleet.Tests.RealmServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fleet.Tests.Packages;

/// <summary>An ASP.NET Core app whose page is rendered by a script, with <c>app.UsePrerender()</c> and a whole fleet.</summary>
public sealed class PrerenderMiddlewareTests : IAsyncLifetime
{
    private const string Page = """
        <!doctype html><html><head><title>Shop</title></head><body><main></main><script>
          const meta = (name, content) => { const m = document.createElement('meta'); m.name = name; m.content = content; document.head.append(m); };
          document.querySelector('main').textContent = 'shows ' + location.pathname + location.search + (/Android/.test(navigator.userAgent) ? ' on a phone' : '');
          if (location.pathname === '/missing') meta('prerender-status-code', '404');
          if (location.pathname === '/hidden') meta('prerender-header', 'X-Robots-Tag: noindex');
          if (location.pathname === '/old') { meta('prerender-status-code', '301'); meta('prerender-header', 'Location: ' + location.origin + '/new'); }
          if (location.pathname === '/blank') document.querySelector('main').textContent = '';
          if (location.pathname === '/account') meta('prerender-status-code', '401');
          if (location.pathname === '/late') for (;;);
        </script></body></html>
        """;

    private const string Phone = "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1)";

    private readonly Uri _site = FreePort.TakeAddress();
    private readonly TempFolder _dist = new();
    private readonly TempFolder _realms = new();
    private StandaloneFleet _fleet = null!;
    private HttpClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _dist.Write("index.html", "<!doctype html><html><head><title>Host</title></head><body></body></html>");
        _fleet = await StandaloneFleet.StartAsync(
            new()
            {
                Dist = _dist.Path,
                Realms = _realms.Path,
                Browser = BrowserLocator.Locate(null),
                Origins = [_site.GetLeftPart(UriPartial.Authority)],
                Settings = new Dictionary<string, string> { ["Pool:Slots"] = "2" },
            },
            TimeProvider.System,
            Token);
        _client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _site, Timeout = TimeSpan.FromMinutes(1) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _fleet.DisposeAsync();
        _dist.Dispose();
        _realms.Dispose();
    }

    [Fact]
    public async Task Get_AppWithMiddleware_CrawlersGetThePageAndVisitorsTheApp()
    {
        await using var app = await StartAsync(_fleet.Addresses.Manager, static options => options.Renditions = "desktop,mobile");

        var (visitor, shell) = await GetAsync("/shop", "Mozilla/5.0 Firefox/140.0");
        Assert.DoesNotContain("<main>shows", shell, StringComparison.Ordinal);
        Assert.Equal("Accept, User-Agent, X-Prerender, Sec-Fetch-Dest", string.Join(", ", visitor.Headers.Vary));

        var (found, page) = await GetAsync("/shop/a%2Fb%c3%A9?q=a+b&r=%2F", "Googlebot/2.1");
        Assert.Equal(200, (int)found.StatusCode);
        Assert.Equal("shows /shop/a%2Fb%c3%A9?q=a+b&amp;r=%2F", page.Split("<main>")[1].Split("</main>")[0]);
        Assert.Equal("text/html; charset=utf-8", found.Content.Headers.ContentType!.ToString());
        Assert.False(found.Headers.Contains("Content-Security-Policy"));
        Assert.Equal("Accept, User-Agent, X-Prerender, Sec-Fetch-Dest", string.Join(", ", found.Headers.Vary));

        var (_, phone) = await GetAsync("/shop", Phone);
        Assert.Contains("<main>shows /shop on a phone</main>", phone, StringComparison.Ordinal);

        var (missing, notFound) = await GetAsync("/missing", "GPTBot/1.2");
        Assert.Equal(404, (int)missing.StatusCode);
        Assert.Contains("<main>shows /missing</main>", notFound, StringComparison.Ordinal);

        var (account, none) = await GetAsync("/account", "Googlebot/2.1");
        Assert.Equal((403, "", true), ((int)account.StatusCode, none, account.Headers.CacheControl!.NoStore));

        var (blank, nothing) = await GetAsync("/blank", "Googlebot/2.1");
        Assert.Equal((503, "", true), ((int)blank.StatusCode, nothing, blank.Headers.RetryAfter?.Delta > TimeSpan.Zero));

        var (hidden, _) = await GetAsync("/hidden", "Googlebot/2.1");
        Assert.Equal(["noindex"], hidden.Headers.GetValues("X-Robots-Tag"));

        var (old, _) = await GetAsync("/old", "Googlebot/2.1");
        Assert.Equal((301, new Uri(_site, "/new")), ((int)old.StatusCode, old.Headers.Location));

        using var agent = new HttpRequestMessage(HttpMethod.Get, "/shop?m");
        agent.Headers.TryAddWithoutValidation("Accept", "text/markdown, text/html;q=0.9");
        using var markdown = await _client.SendAsync(agent, Token);
        Assert.Equal((HttpStatusCode.OK, "text/markdown"), (markdown.StatusCode, markdown.Content.Headers.ContentType?.MediaType));
        Assert.Contains("shows /shop?m", await markdown.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);

        var (asset, text) = await GetAsync("/app.js", "Googlebot/2.1");
        Assert.Equal((HttpStatusCode.OK, "asset"), (asset.StatusCode, text));
        Assert.False(asset.Headers.Contains("Vary"));

        // Subresources that a crawler's browser loads reach the app.
        foreach (var (name, value) in ((string, string)[])[("Accept", "application/json, text/plain, */*"), ("Accept", "image/avif,image/webp,*/*;q=0.8"), ("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Dest", "script")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/items");
            request.Headers.TryAddWithoutValidation("User-Agent", "Googlebot/2.1");
            request.Headers.TryAddWithoutValidation(name, value);
            using var items = await _client.SendAsync(request, Token);
            Assert.Equal(("application/json", "[1]"), (items.Content.Headers.ContentType?.MediaType, await items.Content.ReadAsStringAsync(Token)));
        }

        // What is no page reaches it too, whatever the request says.
        foreach (var (path, type) in ((string, string)[])[("/items", "application/json"), ("/feed", "application/rss+xml"), ("/report", "application/pdf"), ("/export", "text/html")])
        {
            var (file, _) = await GetAsync(path, "Googlebot/2.1");
            Assert.Equal((path, HttpStatusCode.OK, type), (path, file.StatusCode, file.Content.Headers.ContentType?.MediaType));
            Assert.Equal(path == "/export", file.Content.Headers.ContentDisposition is not null);
        }

        using var head = new HttpRequestMessage(HttpMethod.Head, "/shop");
        head.Headers.TryAddWithoutValidation("User-Agent", "Googlebot/2.1");
        using var headed = await _client.SendAsync(head, Token);
        Assert.Equal(HttpStatusCode.OK, headed.StatusCode);
        Assert.True(headed.Content.Headers.ContentLength > 0);
    }

    [Fact]
    public async Task Client_RenderScreenshotAndPdf_AnswerWithTheirKinds()
    {
        await using var app = await StartAsync(_fleet.Addresses.Manager);
        var fleet = app.Services.GetRequiredService<FleetClient>();
        var url = new Uri(_site, "/shop").AbsoluteUri;

        var render = await fleet.RenderAsync(new() { Url = url, WaitForSelector = "main", Device = "mobile" }, Token);
        Assert.Contains("<main>shows /shop on a phone</main>", render.Formats[RenderFormat.Html], StringComparison.Ordinal);
        var png = await fleet.ScreenshotAsync(new() { Url = url, Width = 300, Height = 200 }, Token);
        Assert.Equal(("image/png", 200, RenderOutcome.Rendered), (png.MediaType, png.Status, png.Outcome));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png.Bytes[..4].ToArray());
        var pdf = await fleet.ScreenshotAsync(new() { Url = url, Type = ScreenshotType.Pdf, Pdf = new() { Landscape = true } }, Token);
        Assert.Equal(("application/pdf", "%PDF"), (pdf.MediaType, Encoding.ASCII.GetString(pdf.Bytes.Span[..4])));
        Assert.Single((await fleet.GetStatusAsync(Token)).Servers);

        var refused = await Assert.ThrowsAsync<FleetException>(() => fleet.ScreenshotAsync(new() { Url = url, Width = 1 }, Token));
        Assert.Equal("invalid-request", refused.Reason);
        Assert.Contains("'width' is 1", refused.Message, StringComparison.Ordinal);
        var late = await Assert.ThrowsAsync<FleetException>(() => fleet.ScreenshotAsync(new() { Url = url, WaitForSelector = "#none", MaxWaitMs = 100 }, Token));
        Assert.Equal("timed-out", late.Reason);
    }

    [Fact]
    public async Task Get_PageThatHangs_IsA503ThatCanBeTriedAgain()
    {
        await using var app = await StartAsync(_fleet.Addresses.Manager, options => options.Timeout = TimeSpan.FromSeconds(1));
        var (late, body) = await GetAsync("/late", "Googlebot/2.1");
        Assert.Equal((503, ""), ((int)late.StatusCode, body));
        Assert.True(late.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.True(late.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData(PrerenderFailure.Unavailable, 503)]
    [InlineData(PrerenderFailure.ServeApp, 200)]
    public async Task Get_NoFleet_IsAsConfigured(PrerenderFailure onFailure, int status)
    {
        await using var app = await StartAsync(FreePort.TakeAddress(), options => options.OnFailure = onFailure);
        var (answer, body) = await GetAsync("/shop", "Googlebot/2.1");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 200, body.Contains("<main></main>", StringComparison.Ordinal));
        var (visitor, _) = await GetAsync("/shop", "Mozilla/5.0 Firefox/140.0");
        Assert.Equal(HttpStatusCode.OK, visitor.StatusCode);
    }

    [Fact]
    public async Task Get_PageThatTheAppShowsForAnError_IsTheApps()
    {
        await using var app = await StartAsync(FreePort.TakeAddress());
        var (answer, body) = await GetAsync("/shop?recovers", "Googlebot/2.1");
        Assert.Equal((503, "The app's own page for 503"), ((int)answer.StatusCode, body));
    }

    [Fact]
    public async Task Get_BehindAProxyThatTakesThePrefixOff_IsTheAddressOfTheVisitor()
    {
        await using var app = await StartAsync(_fleet.Addresses.Manager);
        var (_, page) = await GetAsync("/shop?prefix", "Googlebot/2.1");
        Assert.Contains("<main>shows /store/shop?prefix</main>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_AddressThatIsTooLong_IsA414()
    {
        await using var app = await StartAsync(_fleet.Addresses.Manager);
        var (answer, body) = await GetAsync($"/shop?q={new string('q', RenderLimits.MaxUrlLength)}", "Googlebot/2.1");
        Assert.Equal((414, "", true), ((int)answer.StatusCode, body, answer.Headers.CacheControl!.NoStore));
    }

    private async Task<WebApplication> StartAsync(Uri manager, Action<PrerenderOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(_site.AbsoluteUri);
        builder.Configuration["ConnectionStrings:fleet"] = manager.AbsoluteUri;
        builder.AddFleetClient();
        var app = builder.Build();
        app.UseWhen(static http => http.Request.QueryString.Value == "?recovers", static branch => branch.UseStatusCodePagesWithReExecute("/error/{0}"));
        app.Use(static (http, next) =>
        {
            // As the framework's forwarded headers do with X-Forwarded-Prefix.
            http.Request.PathBase = http.Request.QueryString.Value == "?prefix" && !http.Request.Path.StartsWithSegments("/store") ? "/store" : http.Request.PathBase;
            return next(http);
        });
        app.UsePrerender(configure);
        app.UseRouting();
        app.MapGet("/error/{code}", static (int code) => $"The app's own page for {code}");
        app.MapGet("/items", () => Results.Json((int[])[1]));
        app.MapGet("/feed", () => Results.Content("<rss version='2.0'></rss>", "application/rss+xml"));
        app.MapGet("/report", () => Results.Bytes("%PDF-1.4"u8.ToArray(), "application/pdf"));
        app.MapGet("/export", () => Results.File("x"u8.ToArray(), "text/html", "export.html"));
        app.MapGet("/app.js", () => Results.Text("asset"));
        app.MapFallback(() => Results.Content(Page, "text/html; charset=utf-8"));
        await app.StartAsync(Token);
        return app;
    }

    private async Task<(HttpResponseMessage Response, string Text)> GetAsync(string path, string userAgent)
    {
        // The path as it is written: HttpClient would decode escaped dots.
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_site.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        var response = await _client.SendAsync(request, Token);
        return (response, await response.Content.ReadAsStringAsync(Token));
    }
}
