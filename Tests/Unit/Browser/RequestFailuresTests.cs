using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.Tests.Browser;

public sealed class RequestFailuresTests
{
    [Theory]
    [InlineData("Fetch", "http://h/api/list", "500", true)]
    [InlineData("XHR", "http://h/api", "503", true)]
    [InlineData("Fetch", "http://h/api", "429", true)]
    [InlineData("Fetch", "http://h/api", "net::ERR_CONNECTION_REFUSED", true)]
    [InlineData("Script", "http://h/assets/Product-BRBmoGS9.js?a=1", "404", true)]
    [InlineData("Stylesheet", "http://h/assets/index-d41d8cd9.css", "410", true)]
    [InlineData("Script", "http://h/assets/host-contract.js", "404", false)]
    [InlineData("Image", "http://h/images/photo.jpg", "503", false)]
    [InlineData("Font", "http://h/a.woff2", "net::ERR_CONNECTION_RESET", false)]
    [InlineData("Ping", "http://h/metrics", "500", false)]
    [InlineData("Fetch", "http://h/api", "404", false)]
    [InlineData("Fetch", "http://h/session", "401", false)]
    [InlineData("Fetch", "http://h/session", "403", false)]
    [InlineData("Fetch", "http://h/api", "net::ERR_ABORTED", false)]
    [InlineData("Fetch", "http://h/api", "net::ERR_BLOCKED_BY_CLIENT", false)]
    // Of another origin, such as that of the API.
    [InlineData("Fetch", "http://api.h/list", "500", true)]
    [InlineData("Fetch", "http://h:81/list", "429", true)]
    [InlineData("Fetch", "http://api.h/list", "net::ERR_CONNECTION_REFUSED", true)]
    [InlineData("Fetch", "http://api.h/list", "net::ERR_TIMED_OUT", true)]
    [InlineData("Script", "http://cdn.h/react.js", "502", true)]
    [InlineData("Script", "http://cdn.h/assets/index-d41d8cd9.js", "404", false)]
    [InlineData("Fetch", "http://ads.example/", "net::ERR_NAME_NOT_RESOLVED", false)]
    [InlineData("Fetch", "http://api.h/list", "net::ERR_FAILED", false)]
    [InlineData("Script", "http://ads.example/", "net::ERR_BLOCKED_BY_ORB", false)]
    public void MayHideContent_OfAnswer_IsAFailureOfTheServer(string type, string url, string answer, bool expected)
    {
        var request = Request(type, url);
        Assert.Equal(expected, RequestFailures.MayHideContent(request, answer));
        Assert.False(RequestFailures.MayHideContent(request with { IsPoll = true }, answer));
        Assert.False(RequestFailures.MayHideContent(request with { IsAwaited = false }, answer));
    }

    [Fact]
    public void Record_RequestThatSucceedsLater_IsNoFailure()
    {
        var failures = new RequestFailures();
        failures.Record(Request("Fetch", "http://h/a"), "503");
        failures.Record(Request("Fetch", "http://h/b"), "500");
        Assert.Equal("GET http://h/a: 503", failures.First);
        failures.Record(Request("Fetch", "http://h/a"), "200");
        Assert.Equal("GET http://h/b: 500", failures.First);
        failures.Clear();
        Assert.Null(failures.First);
    }

    [Theory]
    [InlineData("503")]
    [InlineData("404")]
    [InlineData("net::ERR_ABORTED")]
    public void Record_AttemptsThatFailAgain_RemainAFailure(string answer)
    {
        var failures = new RequestFailures();
        failures.Record(Request("Fetch", "http://h/a"), "503");
        // The fourth attempt after a pause counts as a poll.
        failures.Record(Request("Fetch", "http://h/a") with { IsPoll = true }, answer);
        Assert.Equal("GET http://h/a: 503", failures.First);
    }

    private static InFlightRequest Request(string type, string url) =>
        new(new("GET", url, "", ""), "loader", IsAwaited: true, 0, null, IsOfMessages: false) { Type = type, IsOwn = url.StartsWith("http://h/", StringComparison.Ordinal) };
}
