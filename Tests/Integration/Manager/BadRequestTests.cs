using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Tests.Manager;

/// <summary>Invalid requests: the error names the field, has no stack trace, and no server gets the render.</summary>
public sealed class BadRequestTests : IAsyncLifetime
{
    private ManagerUnderTest _manager = null!;
    private FakeServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _manager = await ManagerUnderTest.StartAsync();
        _server = await _manager.AddServerAsync("prerender-0");
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(_server.Calls);
        await _manager.DisposeAsync();
    }

    [Theory]
    [InlineData("{", "malformed-json", "JSON")]
    [InlineData("", "bad-request", "body")]
    [InlineData("{}", "malformed-json", "url")]
    [InlineData("""{"url":null}""", "invalid-request", "'url' is missing")]
    [InlineData("""{"url":"/elements/hydrogen"}""", "invalid-request", "'/elements/hydrogen'")]
    [InlineData("""{"url":"file:///etc/passwd"}""", "invalid-request", "'file:///etc/passwd'")]
    [InlineData("""{"url":"http://127.0.0.1:9/elements/h","formats":["poster"]}""", "malformed-json", "$.formats")]
    [InlineData("""{"url":"http://127.0.0.1:9/elements/h","deadlineMs":1}""", "invalid-request", "between 100 and 120000")]
    [InlineData("""{"url":"http://127.0.0.1:9/elements/h","affinity":"everyone"}""", "invalid-request", "'everyone'")]
    [InlineData("""{"url":"http://localhost:10/elements/h"}""", "not-allowed", "http://localhost:10 may not be rendered: it is not among the 1 allowed origins, which GET /fleet lists with the admin key.")]
    [InlineData("""{"url":"http://169.254.169.254/latest/"}""", "not-allowed", "Fleet:AllowedOrigins")]
    [InlineData("""{"url":"http://127.0.0.1:9/elements/h","formatz":["html"]}""", "invalid-request", "'formatz' is not a member of the body of POST /renders; did you mean 'formats'?")]
    [InlineData("""{"url":"http://127.0.0.1:9/elements/h","credentials":{"authorisation":"x"}}""", "invalid-request", "'authorisation' is not a member of 'credentials' in the body of POST /renders; did you mean 'authorization'?")]
    [InlineData("""{"url":"http://127.0.0.1:9/elements/h","viewport":{"width":1}}""", "invalid-request", "'viewport' is not a member of the body of POST /renders. Its members: ")]
    public async Task Post_BadBody_SaysWhat(string body, string reason, string named)
    {
        using var response = await _manager.PostAsync(body);
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 400, reason);
        Assert.Contains(named, ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_SeveralFieldsWrong_NamesThemAll()
    {
        using var response = await _manager.PostAsync("""{"url":"ftp://a/","deadlineMs":7,"priority":11}""");
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request");
        Assert.Equal(["url", "deadlineMs", "priority"], problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    public async Task Render_UrlOf10Kilobytes_NamesTheBoundAndDoesNotEcho(string method)
    {
        var url = ManagerUnderTest.Realm + new string('x', 10_000);
        using var response = method == "POST"
            ? await _manager.PostAsync(new RenderRequest { Url = url }, TestContext.Current.CancellationToken)
            : await _manager.Client.GetAsync("/render?url=" + Uri.EscapeDataString(url), TestContext.Current.CancellationToken);
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request");
        Assert.Contains("2048", ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
        Assert.True(problem.GetRawText().Length < 1000, problem.GetRawText());
    }

    [Fact]
    public async Task Post_BodyOf10Megabytes_Is413ThatNamesTheBound()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/renders");
        request.Content = new StringContent("{\"url\":\"" + new string('x', 10_000_000), Encoding.UTF8, "application/json");
        // Kestrel answers from the headers alone; without this the client may still be sending when the connection closes.
        request.Headers.ExpectContinue = true;
        using var response = await _manager.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 413, "body-too-large");
        Assert.Contains("65536", ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_NotJson_Is415()
    {
        using var response = await _manager.Client.PostAsync("/renders", new StringContent("url=x", Encoding.UTF8, "text/plain"), TestContext.Current.CancellationToken);
        await ManagerUnderTest.AssertProblemAsync(response, 415, "not-json");
    }

    [Fact]
    public async Task Post_DeadlineHeaderIsNoNumber_NamesTheHeader()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/renders") { Content = new StringContent("""{"url":"http://127.0.0.1:9/elements/h"}""", Encoding.UTF8, "application/json") };
        request.Headers.Add(FleetHeaders.DeadlineMs, "soon");
        using var response = await _manager.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request");
        Assert.Contains(FleetHeaders.DeadlineMs, ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
    }

    // An unescaped query of the target is the most harmful mistake of a caller: another page would be rendered.
    [Theory]
    [InlineData("GET", "/render?url=http://127.0.0.1:9/elements/a?x=1&y=2", "If 'y' belongs to 'url', percent-encode")]
    [InlineData("GET", "/render?url=http://127.0.0.1:9/elements/a?x=1&url=2", "'url' is given 2 times")]
    [InlineData("GET", "/render?url=http://127.0.0.1:9/elements/a&deadline=1000", "did you mean 'deadlineMs'?")]
    [InlineData("HEAD", "/render?url=http://127.0.0.1:9/elements/a&deadline=1000", "")]
    [InlineData("GET", "/screenshot?url=http://127.0.0.1:9/elements/a&fulPage=true", "'fulPage' is not a parameter of /screenshot; did you mean 'fullPage'?")]
    [InlineData("GET", "/pdf?url=http://127.0.0.1:9/elements/a&fullPage=true", "'fullPage' is not a parameter of /pdf. Its parameters: ")]
    [InlineData("POST", "/renders?url=http://127.0.0.1:9/elements/a", "'url' is not a parameter of /renders, which has no parameters.")]
    [InlineData("POST", "/commands?deadlineMs=7", "'deadlineMs' is not a parameter of /commands")]
    [InlineData("POST", "/host-shell?token=x", "'token' is not a parameter of /host-shell")]
    [InlineData("POST", "/fleet/recycle?generation=1", "'generation' is not a parameter of /fleet/recycle")]
    [InlineData("POST", "/fleet/servers/prerender-0/drain?id=prerender-1", "'id' is not a parameter of /fleet/servers/{id}/drain")]
    [InlineData("DELETE", "/fleet/affinities/user:ada?revoked=true", "did you mean 'revoke'?")]
    [InlineData("GET", "/fleet?server=x", "'server' is not a parameter of /fleet")]
    public async Task Any_UnknownParameter_IsNamed(string method, string address, string named)
    {
        _manager.UseAdminKey();
        using var request = new HttpRequestMessage(new(method), address);
        request.Content = method != "POST" ? null : new StringContent(
            address.StartsWith("/renders", StringComparison.Ordinal) ? """{"url":"http://127.0.0.1:9/elements/a"}"""
            : address.StartsWith("/commands", StringComparison.Ordinal) ? """{"command":"add","affinity":"user:ada"}"""
            : """{"token":"x"}""", Encoding.UTF8, "application/json");
        request.Headers.Add(FleetHeaders.IdempotencyKey, "k");
        using var response = await _manager.Client.SendAsync(request, TestContext.Current.CancellationToken);
        if (method == "HEAD")
        {
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            return;
        }

        var problem = await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request");
        Assert.Contains(named, ManagerUnderTest.Detail(problem), StringComparison.Ordinal);
        Assert.Empty(_server.Commands);
        Assert.Empty(_server.Operations);
    }

    [Theory]
    [InlineData("/commands", """{"command":"add","affinity":"user:ada","inputs":1}""", "did you mean 'input'?")]
    [InlineData("/host-shell", """{"token":"x","shell":"y"}""", "'shell' is not a member of the body of POST /host-shell. Its members: token.")]
    public async Task Post_UnknownMember_IsNamed(string route, string body, string named)
    {
        _manager.UseAdminKey();
        using var response = await _manager.Client.PostAsync(route, new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        Assert.Contains(named, ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?url=")]
    [InlineData("?url=hydrogen")]
    [InlineData("?url=http://127.0.0.1:9/elements/a+b")]
    [InlineData("?url=http%3A%2F%2F127.0.0.1%3A9%2Felements%2Fh&deadlineMs=1")]
    public async Task Get_BadQuery_SaysWhat(string query)
    {
        using var response = await _manager.Client.GetAsync("/render" + query, TestContext.Current.CancellationToken);
        await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request");
    }

    [Theory]
    [InlineData("  ")]
    [InlineData("two words")]
    [InlineData("line\\nbreak")]
    [InlineData("ümlaut")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task PostHostShell_BadToken_Is400AndChangesNothing(string token)
    {
        using var response = await PostHostShellAsync($$"""{"token":"{{token}}"}""", ManagerUnderTest.AdminKey);
        await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request");
        Assert.Null(await _manager.Registry.HostShells.GetAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task PostHostShell_WithoutTheKey_Is401()
    {
        using var response = await PostHostShellAsync("""{"token":"abc"}""", "wrong-key-entirely");
        await ManagerUnderTest.AssertProblemAsync(response, 401, "wrong-admin-key");
    }

    [Fact]
    public async Task PostHostShell_TokenWithSpaceAround_IsTrimmedAndBecomesCurrent()
    {
        using var response = await PostHostShellAsync("""{"token":" abc\r\n"}""", ManagerUnderTest.AdminKey);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("abc", (await _manager.Registry.HostShells.GetAsync(TestContext.Current.CancellationToken))?.Token);
    }

    private async Task<HttpResponseMessage> PostHostShellAsync(string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/host-shell") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await _manager.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
