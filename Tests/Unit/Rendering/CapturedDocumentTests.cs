using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering;
using Fleet.PrerenderServer.Rendering.Documents;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.Tests.Rendering;

public class CapturedDocumentTests
{
    private static readonly OriginAllowList s_allowed = new(["http://h"]);

    [Theory]
    [InlineData(200, null, 200, RenderOutcome.Rendered)]
    [InlineData(200, "404", 404, RenderOutcome.Failed)]
    [InlineData(200, "503", 503, RenderOutcome.Failed)]
    [InlineData(503, null, 503, RenderOutcome.NoVerdict)]
    [InlineData(200, "abc", 200, RenderOutcome.Rendered)]
    [InlineData(200, "-1", 200, RenderOutcome.Rendered)]
    [InlineData(200, "99999", 200, RenderOutcome.Rendered)]
    public void Read_Status_IsThePagesOwnIfItGivesOne(int http, string? meta, int status, RenderOutcome outcome)
    {
        var answer = Read(http, meta);
        Assert.Equal((status, outcome), (answer.Status, answer.Outcome));
        Assert.Equal("<html></html>", answer.Formats[RenderFormat.Html]);
    }

    [Theory]
    [InlineData("text/html", 200, false, RenderOutcome.Rendered)]
    [InlineData("application/xhtml+xml", 200, false, RenderOutcome.Rendered)]
    [InlineData("application/json", 200, false, RenderOutcome.NotAPage)]
    [InlineData("image/png", 200, false, RenderOutcome.NotAPage)]
    [InlineData("text/plain", 200, false, RenderOutcome.NotAPage)]
    [InlineData("text/plain", 404, false, RenderOutcome.Failed)]
    [InlineData("text/plain", 401, false, RenderOutcome.Unauthorized)]
    [InlineData("text/plain", 503, false, RenderOutcome.NoVerdict)]
    [InlineData("image/png", 200, true, RenderOutcome.Rendered)]
    public void Read_Type_IsOfAPageOrOfAnErrorOrOfWhatAScreenshotShows(string type, int http, bool isScreenshot, RenderOutcome outcome)
    {
        var json = JsonSerializer.Serialize(new { url = "http://h/page", html = "<html></html>", type, headers = Array.Empty<string>(), read = Array.Empty<string>() });
        var answer = CapturedDocument.Read(json, http, "http://h/", s_allowed, isScreenshot: isScreenshot);
        Assert.Equal(outcome, answer.Outcome);
        Assert.Equal(outcome == RenderOutcome.NotAPage, answer.Message?.Contains(type, StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [InlineData(205, null, "205")]
    [InlineData(304, null, "304")]
    [InlineData(200, "100", "prerender-status-code to 100")]
    [InlineData(200, "204", "prerender-status-code to 204")]
    [InlineData(404, "304", "prerender-status-code to 304")]
    [InlineData(206, null, "206")]
    [InlineData(200, "206", "prerender-status-code to 206")]
    [InlineData(200, "301", "prerender-status-code to 301 without a Location")]
    public void Read_StatusWithoutBody_IsUnusableAndNamed(int http, string? meta, string named)
    {
        var answer = Read(http, meta);
        Assert.Equal(RenderOutcome.Unusable, answer.Outcome);
        Assert.Contains(named, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Headers_OnlyThoseThatCanBeSent()
    {
        var answer = Read(200, "302", "Location: http://h/new", "X-A:1", "no colon", "bad name: x", "X-B: a\r\nX-C: b", ": y");
        Assert.Equal(["Location", "X-A"], answer.Headers!.Keys);
        Assert.Equal("http://h/new", answer.RedirectUrl);
    }

    [Theory]
    [InlineData("http://h/page", true)]
    [InlineData("http://h/page#part", true)]
    [InlineData("http://h/page?", false)]
    [InlineData("http://h/Page", false)]
    [InlineData("https://h/page", false)]
    public void WithoutLoop_RedirectToTheRequestedUrl_IsUnusable(string target, bool isLoop)
    {
        var answer = CapturedDocument.WithoutLoop(new() { Outcome = RenderOutcome.Rendered, Status = 301, RedirectUrl = target }, new("http://h/page#top"));
        Assert.Equal(isLoop ? (RenderOutcome.Unusable, null) : (RenderOutcome.Rendered, target), (answer.Outcome, answer.RedirectUrl));
    }

    [Theory]
    [InlineData("/new", "http://h/new")]
    [InlineData("?q=1", "http://h/page?q=1")]
    [InlineData("//other/x", "http://other/x")]
    [InlineData("http://m\u00fcnchen.example/stra\u00dfe", "http://xn--mnchen-3ya.example/stra%C3%9Fe")]
    [InlineData("file:///etc/passwd", null)]
    [InlineData("javascript:alert(1)", null)]
    public void Read_Location_IsAnHttpUrlOrOmitted(string declared, string? expected)
    {
        var answer = Read(200, "302", "Location: " + declared, "X-A: gr\u00fcn", "X-B: b");
        Assert.Equal(expected, answer.RedirectUrl);
        Assert.Equal(expected, answer.Headers!.GetValueOrDefault("Location"));
        Assert.Equal("b", answer.Headers!["X-B"]);
        Assert.DoesNotContain("X-A", answer.Headers.Keys);
    }

    [Theory]
    [InlineData("chrome-error://chromewebdata/")]
    [InlineData("http://elsewhere/")]
    [InlineData("about:blank")]
    public void Read_PageThatWentElsewhere_IsNotTakenForThePage(string url)
    {
        var answer = CapturedDocument.Read(JsonSerializer.Serialize(new { url, html = "<html>", headers = Array.Empty<string>(), read = Array.Empty<string>() }), 200, "http://h/", s_allowed);
        Assert.Equal(RenderOutcome.Failed, answer.Outcome);
        Assert.Empty(answer.Formats);
    }

    [Theory]
    [InlineData(true, RenderOutcome.Unusable)]
    [InlineData(false, RenderOutcome.TimedOut)]
    public void Read_DocumentWithoutAnElement_IsUnusableUnlessItMayStillCome(bool isSettled, RenderOutcome outcome)
    {
        var answer = CapturedDocument.Read("""{"url":"http://h/page","html":"","headers":[],"read":[]}""", 200, "http://h/", s_allowed, isSettled: isSettled);
        Assert.Equal((outcome, 200, 0), (answer.Outcome, answer.Status, answer.Formats.Count));
    }

    [Fact]
    public void Read_HalfASurrogatePair_BecomesTheReplacementCharacter() => Assert.Equal("<p>\ufffd</p>",
        CapturedDocument.Read("""{"url":"http://h/page","html":"<p>\ud83d</p>","headers":[],"read":[]}""", 200, "http://h/", s_allowed).Formats[RenderFormat.Html]);

    private static PageAnswer Read(int http, string? statusCode, params string[] headers) => CapturedDocument.Read(
        JsonSerializer.Serialize(new { url = "http://h/page", html = "<html></html>", statusCode, headers, read = new[] { "http://h/a", "http://x/b" } }), http, "http://h/", s_allowed);

    [Theory]
    [InlineData("0;url=/new", "http://h/new")]
    [InlineData(" 5 ; URL='/new' ", "http://h/new")]
    [InlineData("1, /new", "http://h/new")]
    [InlineData("0; url=https://external.example/a?b=1", "https://external.example/a?b=1")]
    [InlineData("6; url=/new", null)]
    [InlineData("0", null)]
    [InlineData("0; url=/page#top", null)]
    [InlineData("0; url=javascript:alert(1)", null)]
    [InlineData("soon; url=/new", null)]
    public void Read_Refresh_IsARedirectIfItNamesAnotherUrlWithAShortDelay(string content, string? target)
    {
        var json = JsonSerializer.Serialize(new { url = "http://h/page", html = "<html></html>", headers = Array.Empty<string>(), read = Array.Empty<string>(), refresh = content });
        var answer = CapturedDocument.Read(json, 200, "http://h/", s_allowed);
        Assert.Equal((target is null ? 200 : 302, target), (answer.Status, answer.RedirectUrl));
    }

    [Fact]
    public void Read_RefreshHeader_CountsUnlessTheDocumentHasARefreshOfItsOwn()
    {
        Assert.Equal("http://h/new", Of(null).RedirectUrl);
        Assert.Null(Of("60; url=/other").RedirectUrl);

        static PageAnswer Of(string? meta) => CapturedDocument.Read(
            JsonSerializer.Serialize(new { url = "http://h/page", html = "<html></html>", headers = Array.Empty<string>(), read = Array.Empty<string>(), refresh = meta }), 200, "http://h/", s_allowed, "3; url=/new");
    }

    [Fact]
    public void Read_DocumentWithAPolicy_NamesTheHashesOfItsStyles()
    {
        var json = JsonSerializer.Serialize(new
        {
            url = "http://h/page",
            html = "<meta content=\"style-src-elem 'E'; style-src-attr 'unsafe-hashes' 'A'\">",
            headers = Array.Empty<string>(),
            read = Array.Empty<string>(),
            policy = new { elements = new { place = "'E'", texts = new[] { "p{}", "\u00fc" } }, attributes = new { place = "'A'", texts = Array.Empty<string>() } },
        });
        Assert.Equal(
            "<meta content=\"style-src-elem 'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y=' 'sha256-YHR0ykdalyTXNgq6caVtXfd+YTUOP3JM+h9G6Ffi2F8='; style-src-attr 'unsafe-hashes' \">",
            CapturedDocument.Read(json, 200, "http://h/", s_allowed).Formats[RenderFormat.Html]);
    }

    [Theory]
    [InlineData(null, 302, "http://h/next")]
    [InlineData("404", 302, "http://h/next")]
    [InlineData("301", 301, "http://h/declared")]
    [InlineData("308", 308, "http://h/next", "X-A: 1")]
    public void ReadDeparture_IsTheRedirectThatThePageDeclares_ElseToWhereItGoes(string? statusCode, int status, string target, string header = "Location: /declared")
    {
        var answer = CapturedDocument.ReadDeparture(new(new Uri("http://h/next"), statusCode, [header]), new Uri("http://h/page"));
        Assert.Equal((RenderOutcome.Rendered, status, target), (answer.Outcome, answer.Status, answer.RedirectUrl));
    }
}
