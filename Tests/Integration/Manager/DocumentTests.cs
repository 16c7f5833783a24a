using System.Globalization;
using System.Net;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Manager;

/// <summary><c>GET /render</c>: the document, with the page's own status.</summary>
public sealed class DocumentTests : IAsyncLifetime
{
    private ManagerUnderTest _manager = null!;
    private FakeServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _manager = await ManagerUnderTest.StartAsync();
        _server = await _manager.AddServerAsync("prerender-0");
    }

    public ValueTask DisposeAsync() => _manager.DisposeAsync();

    [Fact]
    public async Task Get_Rendered_AnswersTheDocument()
    {
        using var response = await GetAsync(RenderOutcome.Rendered, 200);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("<p>by prerender-0</p>", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("rendered", Assert.Single(response.Headers.GetValues(FleetHeaders.Outcome)));
        Assert.Equal("abc123", Assert.Single(response.Headers.GetValues(FleetHeaders.HostShell)));
        Assert.Equal("sandbox", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal([RenderFormat.Html], Assert.Single(_server.Calls).Request.Formats!);
    }

    [Fact]
    public async Task Get_PageIsNotFound_AnswersItsDocumentWithItsStatus()
    {
        using var response = await GetAsync(RenderOutcome.Failed, 404);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("failed", Assert.Single(response.Headers.GetValues(FleetHeaders.Outcome)));
    }

    [Fact]
    public async Task Get_PageRedirects_Redirects()
    {
        using var response = await GetAsync(RenderOutcome.Rendered, 301, "http://127.0.0.1:9/elements/helium");
        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.Equal("http://127.0.0.1:9/elements/helium", response.Headers.Location?.AbsoluteUri);
    }

    [Theory]
    [InlineData(RenderOutcome.Failed, 200, 502, "failed")]
    [InlineData(RenderOutcome.TimedOut, 200, 504, "timed-out")]
    [InlineData(RenderOutcome.Unauthorized, 401, 403, "unauthorized")]
    [InlineData(RenderOutcome.Unusable, 0, 502, "unusable")]
    [InlineData(RenderOutcome.NotAPage, 200, 502, "not-a-page")]
    [InlineData(RenderOutcome.NoVerdict, 0, 503, "no-verdict")]
    public async Task Get_NoDocument_IsAProblemThatNamesTheOutcome(RenderOutcome outcome, int pageStatus, int status, string reason)
    {
        using var response = await GetAsync(outcome, pageStatus);
        var problem = await ManagerUnderTest.AssertProblemAsync(response, status, reason);
        Assert.Equal(outcome.ToString(), problem.GetProperty("outcome").GetString(), ignoreCase: true);
    }

    [Theory]
    [InlineData("rendered", 200, 200)]
    [InlineData("failed", 404, 404)]
    [InlineData("rendered", 0, 200)]
    public async Task Get_ServerSendsTheDocumentAlone_IsPassedOn(string outcome, int pageStatus, int status)
    {
        _server.Answer = (http, _) => SendDocumentAsync(http, outcome, pageStatus);
        using var response = await GetAsync();
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("<p>as it is</p>", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((outcome, "abc123", "sandbox"), (One(FleetHeaders.Outcome), One(FleetHeaders.HostShell), One("Content-Security-Policy")));
        Assert.Equal("text/html", Assert.Single(_server.Calls).Headers["Accept"]);

        string One(string header) => Assert.Single(response.Headers.GetValues(header));
    }

    [Theory]
    [InlineData("<title>Shop</title><div id=root></div><script src=/gone.js></script>", 200, HttpStatusCode.ServiceUnavailable)]
    [InlineData("", 200, HttpStatusCode.ServiceUnavailable)]
    [InlineData("<div id=root></div>", 404, HttpStatusCode.NotFound)]
    [InlineData("<div id=root><canvas></canvas></div>", 200, HttpStatusCode.OK)]
    public async Task Get_DocumentShowsNothing_IsAnErrorAndNotAnEmptyPage(string html, int pageStatus, HttpStatusCode expected)
    {
        foreach (var isAlone in new[] { true, false })
        {
            _server.Answer = (http, request) => isAlone ? SendDocumentAsync(http, "rendered", pageStatus, html)
                : http.Response.WriteAsJsonAsync(_server.Result(request, RenderOutcome.Rendered, pageStatus) with { Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = html } }, FleetJson.Options);
            using var response = await GetAsync();

            Assert.Equal(expected, response.StatusCode);
            if (expected == HttpStatusCode.ServiceUnavailable)
            {
                await ManagerUnderTest.AssertProblemAsync(response, 503, "empty");
                Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
            }
        }
    }

    [Fact]
    public async Task Get_ServerSendsTheDocumentOfARedirect_Redirects()
    {
        _server.Answer = (http, _) =>
        {
            http.Response.Headers[FleetHeaders.PageLocation] = "http://127.0.0.1:9/elements/helium";
            return SendDocumentAsync(http, "rendered", 302);
        };
        using var response = await GetAsync();
        Assert.Equal((HttpStatusCode.Redirect, "http://127.0.0.1:9/elements/helium"), (response.StatusCode, response.Headers.Location?.AbsoluteUri));
        Assert.Empty(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("render", "text/html")]
    [InlineData("screenshot", "image/png")]
    [InlineData("pdf", "image/png")]
    public async Task Head_Rendered_HasStatusAndHeadersOfGetAndNoBody(string route, string mediaType)
    {
        _server.Answer = (http, _) => SendDocumentAsync(http, "failed", 404);
        _server.AnswerScreenshot = (http, _) => FakeServer.SendScreenshotAsync(http, RenderOutcome.Failed, 404);
        var address = $"/{route}?url=" + Uri.EscapeDataString(ManagerUnderTest.Card);
        using var get = await _manager.Client.GetAsync(address, TestContext.Current.CancellationToken);
        using var head = await _manager.Client.SendAsync(new(HttpMethod.Head, address), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NotFound, mediaType), (head.StatusCode, head.Content.Headers.ContentType?.MediaType));
        Assert.Equal(HeadersOf(get), HeadersOf(head));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        static IEnumerable<string> HeadersOf(HttpResponseMessage response) => response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key is not ("Date" or FleetHeaders.RequestId))
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal);
    }

    private static Task SendDocumentAsync(HttpContext http, string outcome, int pageStatus, string html = "<p>as it is</p>")
    {
        http.Response.Headers[FleetHeaders.Outcome] = outcome;
        http.Response.Headers[FleetHeaders.PageStatus] = pageStatus.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers[FleetHeaders.HostShell] = "abc123";
        return Microsoft.AspNetCore.Http.Results.Content(html, "text/html; charset=utf-8").ExecuteAsync(http);
    }

    private Task<HttpResponseMessage> GetAsync(RenderOutcome outcome, int status, string? redirectUrl = null)
    {
        _server.Answer = (http, request) =>
            http.Response.WriteAsJsonAsync(_server.Result(request, outcome, status) with { RedirectUrl = redirectUrl }, FleetJson.Options);
        return GetAsync();
    }

    private async Task<HttpResponseMessage> GetAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _manager.Client.BaseAddress };
        return await client.GetAsync("/render?url=" + Uri.EscapeDataString(ManagerUnderTest.Card), TestContext.Current.CancellationToken);
    }
}
