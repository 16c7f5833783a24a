using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering;

/// <summary>Options of one visit: what the page is waited for, how it is set up, what it does not load, and that none of it reaches the next visit.</summary>
[Collection(ServerCollection.Name)]
public sealed class PageOptionsTests(ServerFixture server)
{
    // Tells everything about its browser that an option can change.
    private const string Mirror = """
        <!doctype html><meta name=viewport content="width=device-width"><body><pre id=seen></pre><script>
        addEventListener('ping', () => {});
        const seen = {
          width: innerWidth, height: innerHeight, ratio: devicePixelRatio, touch: navigator.maxTouchPoints > 0, agent: navigator.userAgent, platform: navigator.platform,
          language: navigator.language, languages: navigator.languages.join(), number: (1234.5).toLocaleString(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          hours: new Date(2026, 0, 1).getTimezoneOffset(), dark: matchMedia('(prefers-color-scheme: dark)').matches, print: matchMedia('print').matches, cookies: document.cookie,
          asset: String(globalThis.asset), pointer: matchMedia('(pointer: coarse)').matches, event: String(globalThis.__fleetEvent), store: Object.keys(localStorage).join(),
        };
        localStorage.setItem('visited', 'yes');
        document.getElementById('seen').textContent = JSON.stringify(seen);
        </script>
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renders_SelectorThatAppearsLate_IsInTheDocument()
    {
        // Quiet for longer than the settling waits.
        var result = await RenderAsync("<p>start</p><script>setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<i id=late>late</i>'), 1500)</script>", static r => r with { WaitForSelector = "#late" });
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Contains(">late<", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("window.ready", "setTimeout(() => { window.ready = 1; document.body.append('done') }, 1500)")]
    [InlineData("() => window.app.ready", "setTimeout(() => { window.app = { ready: true }; document.body.append('done') }, 1500)")]
    [InlineData("async () => (await fetch('/nothing-here')).status === 404 && window.ready", "setTimeout(() => { window.ready = 1; document.body.append('done') }, 1500)")]
    public async Task Renders_FunctionThatIsTruthyLate_IsWaitedFor(string function, string script)
    {
        var result = await RenderAsync($"<p>start</p><script>{script}</script>", r => r with { WaitForFunction = function });
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Contains("done", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("document.dispatchEvent(new Event('ready-now'))")]
    [InlineData("dispatchEvent(new CustomEvent('ready-now'))")]
    public async Task Renders_EventThatIsDispatchedLate_IsWaitedFor(string dispatch)
    {
        var result = await RenderAsync($"<p>start</p><script>setTimeout(() => {{ document.body.append('done'); {dispatch} }}, 1500)</script>", static r => r with { WaitForEvent = "ready-now" });
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Contains("done", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renders_Timeout_IsWaited()
    {
        var result = await RenderAsync("<p>start</p><script>setTimeout(() => document.body.append('done'), 1500)</script>", static r => r with { WaitForTimeout = 1800 });
        Assert.Contains("done", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("selector", "'waitForSelector' '#never' was not met within 0.4 s.")]
    [InlineData("function", "'waitForFunction' 'window.never.ever' was not met within 0.4 s, and last threw TypeError")]
    [InlineData("promise", "'waitForFunction' 'new Promise(() => {})' was not met within 0.4 s.")]
    [InlineData("event", "'waitForEvent' 'never' was not met within 0.4 s.")]
    public async Task Renders_WaitThatIsNotMet_IsATimeoutThatNamesItAndItsTime(string kind, string message)
    {
        var result = await RenderAsync("<p>start</p>", r => kind switch
        {
            "selector" => r with { WaitForSelector = "#never", MaxWaitMs = 400 },
            "function" => r with { WaitForFunction = "window.never.ever", MaxWaitMs = 400 },
            "promise" => r with { WaitForFunction = "new Promise(() => {})", MaxWaitMs = 400 },
            _ => r with { WaitForEvent = "never", MaxWaitMs = 400 },
        });
        Assert.Equal((RenderOutcome.TimedOut, "wait", 200), (result.Outcome, result.Diagnostics?.Stage, result.Status));
        Assert.StartsWith(message, result.Diagnostics!.Message, StringComparison.Ordinal);
        Assert.Empty(result.Formats);
    }

    [Fact]
    public async Task Renders_WaitThatIsNotMetUntilTheDeadline_SaysSoBeforeTheDeadline()
    {
        var result = await RenderAsync("<p>start</p>", static r => r with { WaitForSelector = "#never", DeadlineMs = 2_000 });
        Assert.Equal((RenderOutcome.TimedOut, "wait"), (result.Outcome, result.Diagnostics?.Stage));
        Assert.Contains("'waitForSelector' '#never' was not met within", result.Diagnostics!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renders_TimeoutThatDoesNotFit_SaysSoAtOnce()
    {
        var result = await RenderAsync("<p>start</p>", static r => r with { WaitForTimeout = 19_900, DeadlineMs = 20_000 });
        Assert.Equal((RenderOutcome.TimedOut, "wait"), (result.Outcome, result.Diagnostics?.Stage));
        Assert.Matches("^'waitForTimeout' is 19900 ms, and 1[0-9]{4} ms were left until the deadline\\.$", result.Diagnostics!.Message);
        Assert.True(result.Timings.RenderMs < 15_000, $"{result.Timings}");
    }

    [Fact]
    public async Task Renders_BestAttemptAndTheWaitIsNotMet_IsThePageAsItIsAndMarked()
    {
        var result = await RenderAsync("<p>start</p>", static r => r with { WaitForSelector = "#never", MaxWaitMs = 300, BestAttempt = true });
        Assert.Equal((RenderOutcome.Rendered, "capped"), (result.Outcome, result.Diagnostics?.Stability));
        Assert.Contains("start", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Contains("'waitForSelector' '#never' was not met within 0.3 s.", result.Diagnostics!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("p[", null, "'waitForSelector' is 'p[', which is not a CSS selector.")]
    [InlineData(null, "return 1", "'waitForFunction' is 'return 1', which is not a JavaScript expression: SyntaxError")]
    public async Task Renders_ConditionThatNoPageCanMeet_IsAnErrorOfTheRequestAtOnce(string? selector, string? function, string message)
    {
        var path = $"/page-{Guid.NewGuid():N}";
        server.OtherApp.Page(path, "<p>start</p>");
        var request = new RenderRequest { Url = server.OtherApp[path].AbsoluteUri, Formats = [RenderFormat.Html], WaitForSelector = selector, WaitForFunction = function };
        using var response = await server.Client.PostAsJsonAsync("renders", request, FleetJson.Options, Token);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal((400, "invalid-request"), ((int)response.StatusCode, problem.GetProperty("reason").GetString()));
        Assert.StartsWith(message, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

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
        // The context of the page is gone, and with it what the visit left there.
        Assert.NotEqual(busy.Page!.Slot, after.Slot);
    }

    [Fact]
    public async Task Renders_ZoneThatOnlyThisMachineKnows_FailsByName()
    {
        // A file of the database that names no place.
        var result = await RenderAsync("<p>x", static r => r with { Timezone = "posixrules" });
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

    [Theory]
    [InlineData("mobile", null, null, 1082, 2402)]
    [InlineData("iphone-se", 400, null, 800, 1334)]
    [InlineData("iphone-se", null, 1, 375, 667)]
    [InlineData(null, 640, null, 640, 800)]
    public async Task Screenshots_OfADevice_HaveItsPixels(string? device, int? width, int? scale, int expectedWidth, int expectedHeight)
    {
        var bytes = await TakeAsync("<meta name=viewport content='width=device-width'><p>x", new() { Url = "", Device = device, Width = width, Scale = scale });
        Assert.Equal((expectedWidth, expectedHeight), SizeOf(bytes));
    }

    [Fact]
    public async Task Screenshots_Clip_IsThatPartOfThePage()
    {
        var bytes = await TakeAsync("<body style='margin:0'><div style='height:3000px'></div>", new() { Url = "", Clip = new(10, 2000, 120, 80) });
        Assert.Equal((120, 80), SizeOf(bytes));
    }

    [Fact]
    public async Task Screenshots_Quality_MakesTheFileSmaller()
    {
        const string Page = "<body style='background:repeating-linear-gradient(37deg, red 0 3px, blue 5px 9px)'>";
        var (low, high) = (await TakeAsync(Page, new() { Url = "", Type = ScreenshotType.Jpeg, Quality = 5 }), await TakeAsync(Page, new() { Url = "", Type = ScreenshotType.Jpeg, Quality = 100 }));
        Assert.True(low.Length * 2 < high.Length, $"{low.Length} and {high.Length} bytes");
    }

    [Fact]
    public async Task Screenshots_OmitBackground_IsTransparentThatOnceOnly()
    {
        var id = Guid.NewGuid().ToString("N");
        server.OtherApp.Page($"/{id}", "<p style='color:red'>x");
        var request = new ScreenshotRequest { Url = server.OtherApp[id].AbsoluteUri, Affinity = $"realm:{server.OtherApp.Url}{id}/", Width = 100, Height = 100 };
        var transparent = await TakeAsync(null, request with { OmitBackground = true });
        var opaque = await TakeAsync(null, request);
        // The type of colour in the header of a PNG: 6 has an alpha channel.
        Assert.Equal((6, 2), (transparent[25], opaque[25]));
    }

    [Fact]
    public async Task Screenshots_PdfWithTemplatesAndPaper_HasThem()
    {
        var bytes = await TakeAsync("<h1>Title</h1><p>text", new()
        {
            Url = "",
            Type = ScreenshotType.Pdf,
            Pdf = new() { Paper = "A6", HeaderTemplate = "<b style='font-size:20px'>HEAD</b>", FooterTemplate = "<i class=pageNumber></i>", Outline = true },
        });
        var text = Encoding.Latin1.GetString(bytes);
        Assert.Matches(@"/MediaBox \[0 0 29[78](\.\d+)? 4(19|20)(\.\d+)?\]", text);
        Assert.Contains("/StructTreeRoot", text, StringComparison.Ordinal);
        Assert.Contains("/Outlines", text, StringComparison.Ordinal);
        var plain = Encoding.Latin1.GetString(await TakeAsync("<h1>Title</h1><p>text", new() { Url = "", Type = ScreenshotType.Pdf, Pdf = new() { Tagged = false } }));
        Assert.DoesNotContain("/StructTreeRoot", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("/Outlines", plain, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Screenshots_PdfForScreens_HasTheirStyles()
    {
        // What is shown on paper only needs a second page.
        const string Page = "<style>p { display: none; break-before: page } @media print { p { display: block } }</style><h1>1</h1><p>2</p>";
        static int PagesOf(byte[] pdf) => System.Text.RegularExpressions.Regex.Count(Encoding.Latin1.GetString(pdf), @"/Type /Page\b");
        Assert.Equal((2, 1), (PagesOf(await TakeAsync(Page, new() { Url = "", Type = ScreenshotType.Pdf })), PagesOf(await TakeAsync(Page, new() { Url = "", Type = ScreenshotType.Pdf, Media = PageMedia.Screen }))));
    }

    private async Task<RenderResult> RenderAsync(string html, Func<RenderRequest, RenderRequest> with)
    {
        var path = $"/page-{Guid.NewGuid():N}";
        server.OtherApp.Page(path, html);
        return await server.RenderAsync(with(new() { Url = server.OtherApp[path].AbsoluteUri, Formats = [RenderFormat.Html] }), Token);
    }

    private async Task<Seen> SeenAsync(RenderRequest request)
    {
        await RestAsync();
        var result = await server.RenderAsync(request, Token);
        Assert.True(result.Outcome == RenderOutcome.Rendered, $"{result.Outcome}: {result.Diagnostics?.Message}");
        var html = result.Formats[RenderFormat.Html];
        var start = html.IndexOf("<pre id=\"seen\">", StringComparison.Ordinal) + "<pre id=\"seen\">".Length;
        return new(JsonDocument.Parse(System.Net.WebUtility.HtmlDecode(html[start..html.IndexOf("</pre>", start, StringComparison.Ordinal)])).RootElement, result.Page!.Slot);
    }

    // A page is still cleaned up when its render has been answered; until then the same affinity gets another one.
    private Task RestAsync() =>
        Eventually.Async(() => server.Pool.Snapshot.Slots.All(static s => s.State is SlotState.Idle or SlotState.Standby), "the pool is at rest", () => string.Join(", ", server.Pool.Snapshot.Slots));

    private static string Comparable(IHeaderDictionary headers) => string.Join('\n', headers.OrderBy(h => h.Key, StringComparer.OrdinalIgnoreCase).Select(h => $"{h.Key}: {h.Value}"));

    private static (int Width, int Height) SizeOf(byte[] png) => (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));

    private async Task<byte[]> TakeAsync(string? html, ScreenshotRequest request)
    {
        if (html is not null)
        {
            var path = $"/page-{Guid.NewGuid():N}";
            server.OtherApp.Page(path, html);
            request = request with { Url = server.OtherApp[path].AbsoluteUri };
        }

        await RestAsync();
        using var response = await server.Client.PostAsJsonAsync("screenshots", request, FleetJson.Options, Token);
        var bytes = await response.Content.ReadAsByteArrayAsync(Token);
        Assert.True(response.Content.Headers.ContentType?.MediaType is not ("application/json" or "application/problem+json"), Encoding.UTF8.GetString(bytes));
        return bytes;
    }

    private sealed record Seen(JsonElement Json, long Slot)
    {
        public JsonElement Get(string name) => Json.GetProperty(name);

        public override string ToString() => Json.GetRawText();
    }
}
