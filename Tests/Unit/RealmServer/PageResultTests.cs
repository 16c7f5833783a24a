using Fleet.Contracts;
using Fleet.RealmServer.Rendering;

namespace Fleet.Tests.RealmServer;

/// <summary>Headers, status and failed requests of a render's page.</summary>
public sealed class PageResultTests
{
    [Theory]
    [InlineData("X-Robots-Tag", true)]
    [InlineData("Link", true)]
    [InlineData("Content-Language", true)]
    [InlineData("Retry-After", true)]
    [InlineData("X-Custom", true)]
    [InlineData("connection", false)]
    [InlineData("Transfer-Encoding", false)]
    [InlineData("Content-Length", false)]
    [InlineData("content-type", false)]
    [InlineData("Content-Encoding", false)]
    [InlineData("Set-Cookie", false)]
    [InlineData("Strict-Transport-Security", false)]
    [InlineData("Content-Security-Policy", false)]
    [InlineData("Content-Security-Policy-Report-Only", false)]
    [InlineData("Access-Control-Allow-Origin", false)]
    [InlineData("Cross-Origin-Opener-Policy", false)]
    [InlineData("Permissions-Policy", false)]
    [InlineData("Clear-Site-Data", false)]
    [InlineData("Server", false)]
    [InlineData("Date", false)]
    [InlineData("ETag", false)]
    [InlineData("Vary", false)]
    [InlineData("Cache-Control", false)]
    [InlineData("Location", false)]
    [InlineData("Proxy-Authenticate", false)]
    [InlineData("X-Fleet-Stability", false)]
    [InlineData("X Y", false)]
    [InlineData("", false)]
    public void Headers_Requested_ArePassedOnUnlessTheServerOwnsThem(string name, bool passed) =>
        Assert.Equal(passed, PageHeaderRules.Passed(new Dictionary<string, string> { [name] = "value" })?.ContainsKey(name) == true);

    [Fact]
    public void Headers_ValueThatNoHeaderCanHave_IsDropped() =>
        Assert.Null(PageHeaderRules.Passed(new Dictionary<string, string> { ["X-A"] = "a\r\nX-B: b", ["X-C"] = "é" }));

    [Theory]
    [InlineData("x-robots-tag", "noindex, nofollow", "", true)]
    [InlineData("X-Robots-Tag", "none", "", true)]
    [InlineData("X-Robots-Tag", "nofollow", "", false)]
    [InlineData("X-Robots-Tag", "otherbot: noindex", "", false)]
    [InlineData("X-Other", "noindex", "", false)]
    [InlineData("X-Other", "", "<meta charset=utf-8><meta name=\"robots\" content=\"NOINDEX\">", true)]
    [InlineData("X-Other", "", "<meta content=\"nofollow, noindex\" data-x name=\"robots\">", true)]
    [InlineData("X-Other", "", "<meta name=\"robots\" content=\"index\"><meta name=\"description\" content=\"noindex\">", false)]
    public void NoIndex_HeaderOrMetaElement_IsRecognized(string name, string value, string html, bool expected) =>
        Assert.Equal(expected, PageHeaders.IsNoIndex(Result() with
        {
            Headers = new Dictionary<string, string> { [name] = value },
            Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = html },
        }));

    [Theory]
    [InlineData(0, null, true)]
    [InlineData(200, null, true)]
    [InlineData(404, null, true)]
    [InlineData(599, null, true)]
    [InlineData(301, "/new", true)]
    [InlineData(301, null, false)]
    [InlineData(304, "/new", false)]
    [InlineData(100, null, false)]
    [InlineData(199, null, false)]
    [InlineData(204, null, false)]
    [InlineData(205, null, false)]
    [InlineData(206, null, false)]
    [InlineData(600, null, false)]
    [InlineData(-1, null, false)]
    public void Status_OfThePage_MustBeOneThatABodyMayHave(int status, string? target, bool expected) =>
        Assert.Equal(expected, PageStatus.ProblemOf(Result() with { Status = status, RedirectUrl = target }) is null);

    private static RenderResult Result() => new() { Outcome = RenderOutcome.Rendered, Url = "http://h/page" };
}
