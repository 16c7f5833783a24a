using System.Diagnostics;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.Tests.Browser;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering;

/// <summary>Renders of apps without the host contract, through HTTP, pool and a real browser.</summary>
[Collection(ServerCollection.Name)]
public sealed class DocumentRenderTests(ServerFixture server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Html_AppThatRendersLate_IsCapturedWhenItHasComeToRest()
    {
        server.OtherApp.Page("/api.json", "{\"name\":\"late\"}");
        var result = await server.RenderPageAsync("""
            <!doctype html><html lang="en"><body><div id="app"></div><script>
            setTimeout(async () => { app.textContent = (await (await fetch('/api.json')).json()).name; }, 50);
            </script></body></html>
            """);
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Equal("settled", result.Diagnostics!.Stability);
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"en\">", Html(result), StringComparison.Ordinal);
        Assert.Contains("<div id=\"app\">late</div>", Html(result), StringComparison.Ordinal);
        Assert.Contains(server.OtherApp["api.json"].AbsoluteUri, result.Deps);
    }

    [Fact]
    public async Task Html_ExplicitReadiness_IsWaitedForAndSuffices()
    {
        var result = await server.RenderPageAsync("""
            <script>window.prerenderReady = false; setInterval(() => document.body.append('x'), 5);
            setTimeout(() => { document.body.append('done'); window.prerenderReady = true; }, 700)</script>
            """);
        // A page that never settles would be capped.
        Assert.Equal("settled", result.Diagnostics!.Stability);
        Assert.Contains("done", Html(result), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<p>here</p><script>setInterval(() => document.body.append('x'), 20)</script>")]
    [InlineData("<p>here</p><script>const next = () => fetch('/next?' + Math.random()).then(next); next()</script>")]
    public async Task Html_PageThatNeverRests_IsCapturedCapped(string html)
    {
        var result = await server.RenderPageAsync(html);
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Equal("capped", result.Diagnostics!.Stability);
        Assert.Contains("<p>here</p>", Html(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_EndlessStream_IsNotWaitedFor()
    {
        server.OtherApp.Routes["/stream"] = async http =>
        {
            http.Response.ContentType = "text/plain";
            await http.Response.StartAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var result = await server.RenderPageAsync("<p>here</p><script>fetch('/stream')</script>");
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Contains("here", Html(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_PageDeclaresAStatusAndHeaders_TheResultHasThem()
    {
        var result = await server.RenderPageAsync("<meta name=prerender-status-code content=410><meta name=prerender-header content='X-Robots-Tag: noindex'><p>gone</p>");
        Assert.Equal((RenderOutcome.Failed, 410), (result.Outcome, result.Status));
        Assert.Equal("noindex", result.Headers!["X-Robots-Tag"]);
        Assert.Contains("gone", Html(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_HeadersOfTheServerForSearchEngines_ArePassedOn()
    {
        var path = $"/headers-{Guid.NewGuid():N}";
        server.OtherApp.Routes[path] = http =>
        {
            http.Response.ContentType = "text/html";
            http.Response.Headers["X-Robots-Tag"] = new(["noindex", "noarchive"]);
            http.Response.Headers.RetryAfter = "3600";
            http.Response.Headers.ContentLanguage = "de";
            http.Response.Headers.Link = new(["</a.css>; rel=preload", "</canonical>; rel=\"canonical\""]);
            http.Response.Headers["X-Other"] = "other";
            return http.Response.WriteAsync("<meta name=prerender-header content='Content-Language: fr'><p>page</p>");
        };
        var result = await server.RenderAsync(new() { Url = server.OtherApp[path].AbsoluteUri }, Token);
        Assert.Equal([("Content-Language", "fr"), ("Link", "</a.css>; rel=preload, </canonical>; rel=\"canonical\""), ("Retry-After", "3600"), ("X-Robots-Tag", "noindex, noarchive")],
            result.Headers!.OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => (header.Key, header.Value)));
    }

    [Theory]
    [InlineData(404, RenderOutcome.Failed)]
    [InlineData(401, RenderOutcome.Unauthorized)]
    [InlineData(503, RenderOutcome.NoVerdict)]
    public async Task Html_HttpStatus_DecidesTheOutcome(int status, RenderOutcome outcome)
    {
        var result = await server.RenderPageAsync("<p>sorry</p>", status);
        Assert.Equal((outcome, status), (result.Outcome, result.Status));
    }

    [Fact]
    public async Task Html_Redirect_IsReportedAsOne()
    {
        server.OtherApp.Routes["/old"] = http => Redirect(http, "/new", 301);
        server.OtherApp.Page("/new", "<p>new</p>");
        var result = await RenderAsync("old");
        Assert.Equal((RenderOutcome.Rendered, 301, server.OtherApp["new"].AbsoluteUri), (result.Outcome, result.Status, result.RedirectUrl));
        Assert.Empty(result.Formats);
    }

    [Theory]
    [InlineData("/round", "ERR_TOO_MANY_REDIRECTS", RenderOutcome.Failed)]
    [InlineData("file:///etc/passwd", "ERR_UNSAFE_REDIRECT", RenderOutcome.Failed)]
    public async Task Html_RedirectThatLeadsNowhere_IsTheContentsFault(string target, string says, RenderOutcome outcome)
    {
        server.OtherApp.Routes["/round"] = http => Redirect(http, target, 302);
        var result = await RenderAsync("round");
        Assert.Equal(outcome, result.Outcome);
        Assert.Contains(says, result.Diagnostics!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("location.href = 'http://example.com/'", RenderOutcome.Rendered)]
    [InlineData("location.href = 'file:///etc/passwd'", RenderOutcome.Rendered)]
    [InlineData("location.href = '/landed'", RenderOutcome.Rendered)]
    [InlineData("location.href = 'data:text/html,<p>inside</p>'", RenderOutcome.Rendered)]
    [InlineData("location.href = 'view-source:file:///etc/passwd'", RenderOutcome.Rendered)]
    [InlineData("location.href = 'chrome://version'", RenderOutcome.Rendered)]
    [InlineData("location.href = 'javascript:fetch(\"file:///etc/passwd\").then(r => r.text()).then(t => document.body.append(t))'", RenderOutcome.Rendered)]
    [InlineData("location.href = URL.createObjectURL(new Blob(['<p>inside</p>'], { type: 'text/html' }))", RenderOutcome.Failed)]
    [InlineData("document.body.insertAdjacentHTML('beforeend', '<iframe src=file:///etc/passwd></iframe><object data=file:///etc/passwd></object>')", RenderOutcome.Rendered)]
    public async Task Html_PageThatMovesOn_IsFollowedOnlyInsideTheAllowList(string script, RenderOutcome outcome)
    {
        server.OtherApp.Page("/landed", "<p>landed</p>");
        var result = await server.RenderPageAsync($"<p>first</p><script>{script}</script>");
        Assert.True(outcome == result.Outcome, $"Expected {outcome}. Seen: {result.Outcome}, {result.Diagnostics?.Message}");
        Assert.DoesNotContain("root:", result.Formats.GetValueOrDefault(RenderFormat.Html, ""), StringComparison.Ordinal);
        Assert.Contains("next", Html(await server.RenderPageAsync("<p>next</p>")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/html", "attachment; filename=x.bin", 200, RenderOutcome.NotAPage)]
    [InlineData("application/pdf", "", 200, RenderOutcome.NotAPage)]
    [InlineData("application/octet-stream", "", 200, RenderOutcome.NotAPage)]
    [InlineData("application/json", "", 200, RenderOutcome.NotAPage)]
    [InlineData("application/rss+xml", "", 200, RenderOutcome.NotAPage)]
    [InlineData("text/plain", "", 200, RenderOutcome.NotAPage)]
    [InlineData("text/html", "", 204, RenderOutcome.NotAPage)]
    [InlineData("text/plain", "", 404, RenderOutcome.Failed)]
    [InlineData("application/json", "", 401, RenderOutcome.Unauthorized)]
    [InlineData("text/html", "", 200, RenderOutcome.Rendered)]
    public async Task Html_AnyTypeOfResponse_IsAPageOnlyIfItIsHtml(string type, string disposition, int status, RenderOutcome expected)
    {
        server.OtherApp.Routes["/file"] = http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = type;
            http.Response.Headers.ContentDisposition = disposition;
            return status == 204 ? Task.CompletedTask : http.Response.WriteAsync("[1]");
        };
        var result = await RenderAsync("file");
        Assert.Equal((expected, status == 204 || disposition.Length > 0 || type is "application/pdf" or "application/octet-stream" ? 0 : status), (result.Outcome, result.Status));
        Assert.Equal(expected == RenderOutcome.NotAPage, result.Diagnostics?.Message is { } message && (message.Contains("not an HTML page", StringComparison.Ordinal) || message.Contains("/file", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Html_HostThatHangsUp_IsNoVerdict()
    {
        server.OtherApp.Routes["/abort"] = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        var result = await RenderAsync("abort");
        Assert.Equal(RenderOutcome.NoVerdict, result.Outcome);
        Assert.Equal("navigate", result.Diagnostics!.Stage);
    }

    [Theory]
    [InlineData("<p>first</p><script>alert(1); confirm(2); prompt(3); onbeforeunload = e => e.preventDefault();</script><p>last</p>", "last")]
    [InlineData("<p>first</p><script>debugger</script><p>last</p>", "last")]
    [InlineData("<p>first</p><script>window.open('/x'); print()</script><p>last</p>", "last")]
    public async Task Html_PageThatOpensDialogs_RendersWithoutThem(string html, string contains)
    {
        var result = await server.RenderPageAsync(html);
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Contains(contains, Html(result), StringComparison.Ordinal);
        // The slot's next render can leave the page.
        Assert.Contains("next", Html(await server.RenderPageAsync("<p>next</p>")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>for (;;);</script>")]
    [InlineData("<p>x</p><script>setTimeout(() => { for (;;); }, 30)</script>")]
    public async Task Html_PageThatLoops_TimesOutWithItsStackAndWhatIsKnown(string html)
    {
        // With a warm page, the whole deadline is for the document.
        await server.RenderPageAsync("<p>first</p>");
        var start = Stopwatch.GetTimestamp();
        var result = await server.RenderPageAsync(html, 203, deadlineMs: 4_000);
        // Nothing but its start is known.
        Assert.Equal((RenderOutcome.TimedOut, 203), (result.Outcome, result.Status));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(15), $"The answer took {Stopwatch.GetElapsedTime(start)}.");
        // The first page of a site that hangs may be without the debugger.
        await server.StackAsync(await server.RenderPageAsync(html, deadlineMs: 2_000));
        Assert.Contains("next", Html(await server.RenderPageAsync("<p>next</p>")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<p>x</p><script>setTimeout(() => { for (;;); }, 30)</script>")]
    [InlineData("<p>x</p><script>window.prerenderReady = false</script>")]
    public async Task Html_ClientDisconnects_SlotIsFreeLongBeforeTheDeadlineAndTheCircuitBreakerCountsNothing(string html)
    {
        var path = $"/left-{Guid.NewGuid():N}";
        server.OtherApp.Page(path, html);
        using var client = new CancellationTokenSource();
        var affinity = $"user:{path}";
        var left = server.RenderAsync(new() { Url = server.OtherApp[path].AbsoluteUri, DeadlineMs = 120_000, Affinity = affinity }, client.Token);
        await Eventually.Async(() => Leased(affinity) && server.OtherApp.Hits(path) == 1, "the page is visited");
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await Eventually.Async(() => !Leased(affinity), "its slot is free", () => string.Join(", ", server.Pool.Snapshot.Slots));
        Assert.DoesNotContain(path, await server.Client.GetStringAsync("failures", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_PageThatClosesItself_IsUnusable()
    {
        var opener = await server.RenderPageAsync("<p>settle</p><script>setTimeout(() => { open('about:blank', '_self'); close(); }, 50)</script>", deadlineMs: 4_000);
        Assert.True(opener.Outcome is RenderOutcome.Unusable or RenderOutcome.Failed, $"{opener.Outcome} {opener.Diagnostics?.Message}");
        Assert.Contains("next", Html(await server.RenderPageAsync("<p>next</p>")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_OfACooperativeHost_ThenFastPath_BothWork()
    {
        server.Site.Page("/elements/page", "<!doctype html><p>navigated</p>");
        var url = server.Site["elements/page"].AbsoluteUri;
        var html = await server.RenderAsync(new() { Url = url, Affinity = "user:both", Formats = [RenderFormat.Html] }, Token);
        Assert.Contains("navigated", Html(html), StringComparison.Ordinal);
        var fast = await server.RenderAsync(new() { Url = url, Affinity = "user:both", Formats = [RenderFormat.Atom] }, Token);
        Assert.Equal("<i>atom of page</i>", fast.Formats[RenderFormat.Atom]);
    }

    // A replaced page costs a boot of the host app, which no result shows.
    [Fact]
    public async Task Html_OneAfterTheOther_ShareAPageThatIsNotReplaced()
    {
        var path = $"/kept-{Guid.NewGuid():N}";
        server.OtherApp.Page(path, "<!doctype html><p>kept</p>");
        for (var i = 0; i < 12; i++)
        {
            await server.RenderAsync(new() { Url = server.OtherApp[path].AbsoluteUri, Affinity = "user:kept", Formats = [RenderFormat.Html] }, Token);
            await Eventually.Async(() => !Leased("user:kept"), "the page is left");
        }

        Assert.DoesNotContain(server.Log.Lines, line => line.Contains(path, StringComparison.Ordinal) && line.Contains("is replaced", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Html_ConsoleErrorsAndFailedRequests_AreReported()
    {
        var result = await server.RenderPageAsync("<script>console.error('oh no'); fetch('/nothing-here')</script>", 500);
        Assert.Contains(result.Diagnostics!.Console, line => line.Contains("oh no", StringComparison.Ordinal));
        Assert.Contains(result.Diagnostics.FailedRequests, line => line.Contains("/nothing-here: 404", StringComparison.Ordinal));
    }

    private Task<RenderResult> RenderAsync(string path) => server.RenderAsync(new() { Url = server.OtherApp[path].AbsoluteUri }, Token);

    private bool Leased(string affinity) => server.Pool.Snapshot.Slots.Any(s => s.State == SlotState.Leased && s.Affinity == affinity);

    private static string Html(RenderResult result) => result.Formats[RenderFormat.Html];

    private static Task Redirect(HttpContext http, string target, int status)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.Location = target;
        return Task.CompletedTask;
    }
}
