using System.Collections.Concurrent;
using System.Text.Json;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering;

/// <summary>Options of one render: the setup of the page, blocked resources, and that no option affects the next render.</summary>
[Collection(ServerCollection.Name)]
public sealed class PageOptionsTests(ServerFixture server)
{
    // The page reports every property of its browser that an option can change.
    private const string Mirror = """
        <!doctype html><meta name=viewport content="width=device-width"><body><pre id=seen></pre><script>
        addEventListener('ping', () => {});
        const seen = {
          width: innerWidth, height: innerHeight, ratio: devicePixelRatio, touch: navigator.maxTouchPoints > 0, agent: navigator.userAgent, platform: navigator.platform,
          language: navigator.language, languages: navigator.languages.join(), number: (1234.5).toLocaleString(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          hours: new Date(2026, 0, 1).getTimezoneOffset(), dark: matchMedia('(prefers-color-scheme: dark)').matches, print: matchMedia('print').matches, cookies: document.cookie,
          asset: String(globalThis.asset), pointer: matchMedia('(pointer: coarse)').matches, event: String(globalThis.__fleetEvent), mobile: String(navigator.userAgentData?.mobile),
          brands: navigator.userAgentData?.brands.length ?? -1, hover: matchMedia('(hover: hover) and (pointer: fine)').matches, orientation: screen.orientation.type, screen: [screen.width, screen.height].join(), store: Object.keys(localStorage).join(),
        };
        localStorage.setItem('visited', 'yes');
        document.getElementById('seen').textContent = JSON.stringify(seen);
        </script>
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renders_WithEveryOption_ThePageHasThemAndTheNextVisitOfTheSamePageHasNone()
    {
        var affinity = $"realm:{server.OtherApp.Url}{Guid.NewGuid():N}/";
        var path = "/" + Guid.NewGuid().ToString("N");
        var requests = new ConcurrentQueue<IHeaderDictionary>();
        server.OtherApp.Routes[path] = http =>
        {
            requests.Enqueue(new HeaderDictionary(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value)));
            // The browser may keep it for a year.
            http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            http.Response.ContentType = "text/html; charset=utf-8";
            return http.Response.WriteAsync($"<script src='{path}.js'></script>{Mirror}");
        };
        server.OtherApp.Routes[path + ".js"] = static http =>
        {
            http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            http.Response.ContentType = "text/javascript";
            return http.Response.WriteAsync($"window.asset = 'for {http.Request.Headers["X-Feature"]}'");
        };
        var plain = new RenderRequest { Url = server.OtherApp[path].AbsoluteUri, Affinity = affinity, Formats = [RenderFormat.Html] };
        var before = await SeenAsync(plain);

        var with = await SeenAsync(plain with
        {
            Device = "iphone-15",
            Locale = "de-DE",
            Timezone = "Asia/Tokyo",
            ColorScheme = PageColorScheme.Dark,
            Media = PageMedia.Print,
            WaitForEvent = "load",
            Headers = new Dictionary<string, string> { ["X-Feature"] = "beta" },
            Cookies = [new() { Name = "session", Value = "secret" }, new() { Name = "hidden", Value = "h", HttpOnly = true }],
            BlockResources = ["image"],
            BlockUrls = ["*/tracker*"],
        });
        Assert.Equal((393, 3, true, true), (with.Get("width").GetInt32(), with.Get("ratio").GetDouble(), with.Get("touch").GetBoolean(), with.Get("pointer").GetBoolean()));
        Assert.Contains("iPhone", with.Get("agent").GetString(), StringComparison.Ordinal);
        Assert.EndsWith(" Fleet-Prerender/1.0", with.Get("agent").GetString(), StringComparison.Ordinal);
        Assert.Equal(("iPhone", "de-DE", "1.234,5", "Asia/Tokyo", -540), (with.Get("platform").GetString(), with.Get("language").GetString(), with.Get("number").GetString(), with.Get("zone").GetString(), with.Get("hours").GetInt32()));
        Assert.Equal(("for ", "for beta"), (before.Get("asset").GetString(), with.Get("asset").GetString()));
        Assert.Equal((true, true, "session=secret"), (with.Get("dark").GetBoolean(), with.Get("print").GetBoolean(), with.Get("cookies").GetString()));

        Assert.Equal((true, false), (before.Get("hover").GetBoolean(), with.Get("hover").GetBoolean()));
        Assert.Equal(("undefined", "portrait-primary", "393,852"), (with.Get("mobile").GetString(), with.Get("orientation").GetString(), with.Get("screen").GetString()));
        Assert.Equal(("false", 2, "landscape-primary", "1280,800"), (before.Get("mobile").GetString(), before.Get("brands").GetInt32(), before.Get("orientation").GetString(), before.Get("screen").GetString()));

        var after = await SeenAsync(plain);
        Assert.Equal(before.ToString(), after.ToString());
        Assert.Equal(before.Slot, with.Slot);
        Assert.Equal(with.Slot, after.Slot);

        Assert.Equal(3, requests.Count);
        var (first, second, third) = (requests.ElementAt(0), requests.ElementAt(1), requests.ElementAt(2));
        Assert.Equal(("beta", true), (second["X-Feature"].ToString(), second.AcceptLanguage.ToString().StartsWith("de-DE", StringComparison.Ordinal)));
        Assert.Contains("session=secret", second.Cookie.ToString(), StringComparison.Ordinal);
        Assert.Contains("hidden=h", second.Cookie.ToString(), StringComparison.Ordinal);
        Assert.Equal(Comparable(first), Comparable(third));
    }

    /// <summary>Apps choose their layout by the hints, and by the user agent only where there are none.</summary>
    [Theory]
    [InlineData(null, null, false, "Linux", "")]
    [InlineData("mobile", null, true, "Android", "Pixel 8")]
    [InlineData("pixel-8", null, true, "Android", "Pixel 8")]
    [InlineData("galaxy-s24", null, true, "Android", "SM-S921B")]
    [InlineData("mobile", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", false, "Android", "Pixel 8")]
    [InlineData(null, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", false, "Windows", "")]
    [InlineData(null, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", false, "macOS", "")]
    // Browsers without these hints.
    [InlineData("iphone-15", null, null, null, null)]
    [InlineData("tablet", null, null, null, null)]
    [InlineData(null, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", null, null, null)]
    public async Task Renders_ClientHints_AreThoseOfTheUserAgent(string? device, string? userAgent, bool? isMobile, string? platform, string? model)
    {
        var path = "/" + Guid.NewGuid().ToString("N");
        HeaderDictionary? sent = null;
        server.OtherApp.Routes[path] = http =>
        {
            sent = new HeaderDictionary(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase));
            http.Response.ContentType = "text/html; charset=utf-8";
            return http.Response.WriteAsync("""
                <!doctype html><pre id=seen></pre><script>
                const hints = navigator.userAgentData;
                (hints?.getHighEntropyValues(['model', 'platform', 'platformVersion']) ?? Promise.resolve({})).then((high) => {
                  seen.textContent = JSON.stringify({ agent: navigator.userAgent, mobile: hints?.mobile ?? null, platform: high.platform ?? null, model: high.model ?? null,
                    brands: hints?.brands.map((b) => `${b.brand} ${b.version}`) ?? [] });
                });
                </script>
                """);
        };
        var seen = await SeenAsync(new() { Url = server.OtherApp[path].AbsoluteUri, Formats = [RenderFormat.Html], Device = device, UserAgent = userAgent });
        Assert.Equal((isMobile?.ToString().ToLowerInvariant() ?? "null", platform, model), (seen.Get("mobile").GetRawText(), seen.Get("platform").GetString(), seen.Get("model").GetString()));
        Assert.Equal(isMobile switch { true => "?1", false => "?0", null => "" }, sent!["Sec-CH-UA-Mobile"].ToString());
        if (isMobile is not null)
        {
            var agent = seen.Get("agent").GetString()!;
            var version = System.Text.RegularExpressions.Regex.Match(agent, @"Chrome/(\d+)").Groups[1].Value;
            Assert.Contains($"Chromium {version}", seen.Get("brands").EnumerateArray().Select(static brand => brand.GetString()));
            Assert.Contains($"\"Chromium\";v=\"{version}\"", sent["Sec-CH-UA"].ToString(), StringComparison.Ordinal);
            // Presets have the version of the browser; a user agent of the caller stays as it is.
            Assert.Equal(userAgent is not null, version == "140");
        }
    }

    [Fact]
    public async Task Renders_AfterAVisitWithOptionsThatTimedOut_HaveNoneOfThem()
    {
        var affinity = $"realm:{server.OtherApp.Url}{Guid.NewGuid():N}/";
        var path = "/" + Guid.NewGuid().ToString("N");
        server.OtherApp.Page(path, Mirror);
        server.OtherApp.Page(path + "-busy", "<p>x</p><script>setTimeout(() => { for (;;); }, 50)</script>");
        var plain = new RenderRequest { Url = server.OtherApp[path].AbsoluteUri, Affinity = affinity, Formats = [RenderFormat.Html] };
        var before = await SeenAsync(plain);
        var busy = await server.RenderAsync(
            plain with { Url = server.OtherApp[path + "-busy"].AbsoluteUri, DeadlineMs = 1_500, Device = "iphone-15", Locale = "de-DE", Timezone = "Asia/Tokyo", Cookies = [new() { Name = "session", Value = "secret" }] }, Token);
        Assert.Equal(RenderOutcome.TimedOut, busy.Outcome);
        var after = await SeenAsync(plain);
        Assert.Equal(before.ToString(), after.ToString());
        // The page's context is closed, with everything that the render left there.
        Assert.NotEqual(busy.Page!.Slot, after.Slot);
    }

    [Fact]
    public async Task Renders_ZoneThatOnlyThisMachineKnows_FailsByName()
    {
        // A file of the database that is not a time zone.
        var result = await server.RenderPageAsync("<p>x", static r => r with { Timezone = "posixrules" });
        Assert.Equal((RenderOutcome.Failed, "'timezone' is 'posixrules', which the browser does not know."), (result.Outcome, result.Diagnostics?.Message));
    }

    [Fact]
    public async Task Renders_HeadersAndCookies_GoToTheTargetOriginOnly()
    {
        var id = Guid.NewGuid().ToString("N");
        var seen = new ConcurrentQueue<string>();
        Func<HttpContext, Task> Note(string name) => http =>
        {
            http.Response.Headers.AccessControlAllowOrigin = "*";
            if (http.Request.Method != "OPTIONS")
            {
                seen.Enqueue($"{name} {http.Request.Headers["X-Feature"]}");
            }

            return http.Response.WriteAsync("{}");
        };
        server.OtherApp.Routes[$"/own-{id}.json"] = Note("own");
        server.Site.Routes[$"/foreign-{id}.json"] = Note("foreign");
        server.OtherApp.Page($"/{id}", $"<p>x</p><script>Promise.allSettled([fetch('/own-{id}.json'), fetch('{server.Site[$"foreign-{id}.json"]}')]).then(() => document.body.append('done'))</script>");
        var result = await server.RenderAsync(new() { Url = server.OtherApp[id].AbsoluteUri, Headers = new Dictionary<string, string> { ["X-Feature"] = "beta" } }, Token);
        Assert.Contains("done", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Contains("own beta", seen);
        Assert.Contains("foreign ", seen);
    }

    [Fact]
    public async Task Renders_HeadersAndCookies_AreInNoLogAndNoFailure()
    {
        var id = Guid.NewGuid().ToString("N");
        server.OtherApp.Page($"/{id}", "<p>private page</p><script>console.error('very-hidden ' + document.cookie)</script>", 500);
        await server.RenderAsync(
            new()
            {
                Url = server.OtherApp[id].AbsoluteUri,
                Headers = new Dictionary<string, string> { ["X-Feature"] = "very-hidden-header" },
                Cookies = [new() { Name = "session", Value = "very-hidden-cookie" }],
            },
            Token);
        Assert.DoesNotContain("very-hidden", await server.Client.GetStringAsync("failures", Token), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Log.Lines, static line => line.Contains("very-hidden", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Renders_BlockedResources_AreNotLoadedAndNoFailure()
    {
        var id = Guid.NewGuid().ToString("N");
        foreach (var name in (string[])["a.css", "b.png", "c.js?tracker", "d.js", "frame"])
        {
            server.OtherApp.Routes[$"/{id}/{name.Split('?')[0]}"] = static http => http.Response.WriteAsync("");
        }

        server.OtherApp.Page($"/{id}/", "<link rel=stylesheet href=a.css><img src=b.png><script src='c.js?tracker=1'></script><script src='d.js'></script><iframe src=frame></iframe><p>shown</p>");
        server.OtherApp.ForgetHits();
        var result = await server.RenderAsync(new() { Url = server.OtherApp[$"{id}/"].AbsoluteUri, BlockResources = ["Image", "stylesheet"], BlockUrls = ["*/c.js?tracker=*", "*/frame", $"*/{id}/"] }, Token);
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Contains("shown", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Equal([0, 0, 0, 1, 0], ((string[])["a.css", "b.png", "c.js", "d.js", "frame"]).Select(name => server.OtherApp.Hits($"/{id}/{name}")));
        Assert.Empty(result.Diagnostics?.FailedRequests ?? []);
    }

    private async Task<Seen> SeenAsync(RenderRequest request)
    {
        await server.RestAsync();
        var result = await server.RenderAsync(request, Token);
        Assert.True(result.Outcome == RenderOutcome.Rendered, $"{result.Outcome}: {result.Diagnostics?.Message}");
        var html = result.Formats[RenderFormat.Html];
        var start = html.IndexOf("<pre id=\"seen\">", StringComparison.Ordinal) + "<pre id=\"seen\">".Length;
        return new(JsonDocument.Parse(System.Net.WebUtility.HtmlDecode(html[start..html.IndexOf("</pre>", start, StringComparison.Ordinal)])).RootElement, result.Page!.Slot);
    }

    private static string Comparable(IHeaderDictionary headers) => string.Join('\n', headers.OrderBy(h => h.Key, StringComparer.OrdinalIgnoreCase).Select(h => $"{h.Key}: {h.Value}"));

    private sealed record Seen(JsonElement Json, long Slot)
    {
        public JsonElement Get(string name) => Json.GetProperty(name);

        public override string ToString() => Json.GetRawText();
    }
}
