using Fleet.Contracts;
using Fleet.Registry.HostShells;
using Fleet.Registry.Pages;

namespace Fleet.Tests.Manager;

/// <summary><c>GET /render</c> of a stored page.</summary>
public sealed class StoredPageTests : IAsyncLifetime
{
    private const string Route = ManagerUnderTest.Host + "/products/7";

    private ManagerUnderTest _manager = null!;
    private FakeServer _server = null!;
    private HostShell _shell = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _manager = await ManagerUnderTest.StartAsync();
        _server = await _manager.AddServerAsync("prerender-0");
        _shell = (await _manager.Registry.HostShells.ClaimAsync(new HostShellClaim("token-2", "realm-0", DateTimeOffset.UnixEpoch), Token)).Current;
        await Eventually.TrueAsync(async () => (await _manager.GetFleetAsync()).Shell is not null, () => "the shell");
    }

    public ValueTask DisposeAsync() => _manager.DisposeAsync();

    [Theory]
    [InlineData("GET", "<p>stored \u00fc</p>")]
    [InlineData("HEAD", "")]
    public async Task Get_PageIsStored_IsAnsweredWithoutARender(string method, string body)
    {
        await StoreAsync(Page());
        using var response = await SendAsync(new(method), "");
        Assert.Equal((200, "stored", "rendered", "token-2", "sandbox"), ((int)response.StatusCode, One(response, FleetHeaders.Source), One(response, FleetHeaders.Outcome), One(response, FleetHeaders.HostShell), One(response, "Content-Security-Policy")));
        Assert.InRange(response.Headers.Age!.Value.TotalSeconds, 600, 660);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(body, await response.Content.ReadAsStringAsync(Token));
        Assert.Empty(_server.Calls);
    }

    [Theory]
    [InlineData("shell")]
    [InlineData("generation")]
    [InlineData("age")]
    [InlineData("status")]
    [InlineData("formats")]
    [InlineData("url")]
    [InlineData("private")]
    public async Task Get_StoredPageIsNotCurrentOrNotThisOne_IsRendered(string difference)
    {
        var page = Page();
        await StoreAsync(difference switch
        {
            "shell" => page with { ShellToken = "token-1" },
            "generation" => page with { Generation = _shell.Generation - 1 },
            "age" => page with { RenderedAt = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(61) },
            "status" => page with { Status = 500 },
            "formats" => page with { Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Isolated] = "<p>" } },
            "url" => page with { Url = page.Url + "/" },
            _ => page with { Realm = page.Realm + "#key" },
        });
        using var response = await SendAsync(HttpMethod.Get, "");
        Assert.Equal((200, "rendered"), ((int)response.StatusCode, One(response, FleetHeaders.Source)));
        Assert.Null(response.Headers.Age);
        Assert.Single(_server.Calls);
    }

    [Theory]
    [InlineData("&refresh=true", "")]
    [InlineData("", "no-cache")]
    public async Task Get_CallerRequestsANewRender_IsRendered(string query, string cacheControl)
    {
        await StoreAsync(Page());
        using var response = await SendAsync(HttpMethod.Get, query, cacheControl);
        Assert.Equal("rendered", One(response, FleetHeaders.Source));
        // It is not taken from a document that shows an earlier URL either.
        Assert.Equal("no-cache", Assert.Single(_server.Calls).Headers["Cache-Control"]);
    }

    [Fact]
    public async Task Get_StoredPageIsARedirect_Redirects()
    {
        await StoreAsync(Page() with { Status = 301, RedirectUrl = ManagerUnderTest.Host + "/products/8" });
        using var response = await SendAsync(HttpMethod.Get, "");
        Assert.Equal((301, ManagerUnderTest.Host + "/products/8"), ((int)response.StatusCode, response.Headers.Location?.AbsoluteUri));
    }

    [Fact]
    public async Task Post_PageIsStored_IsRendered()
    {
        await StoreAsync(Page());
        await _manager.RenderAsync(new() { Url = Route, Formats = [RenderFormat.Html] });
        Assert.DoesNotContain("Cache-Control", Assert.Single(_server.Calls).Headers.Keys);
    }

    private StoredPage Page() => new()
    {
        Realm = ManagerUnderTest.Host + "/",
        Url = Route,
        Status = 200,
        Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = "<p>stored \u00fc</p>" },
        SourceVersion = 1,
        Generation = _shell.Generation,
        ShellToken = _shell.Token,
        RenderedAt = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(10),
        ETag = "e",
    };

    private Task<StoreResult> StoreAsync(StoredPage page) => _manager.Registry.Pages.StoreAsync(page, PageBounds.None, Token);

    private static string One(HttpResponseMessage response, string header) => Assert.Single(response.Headers.GetValues(header));

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string query, string cacheControl = "")
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _manager.Client.BaseAddress };
        var request = new HttpRequestMessage(method, $"/render?url={Uri.EscapeDataString(Route)}{query}");
        if (cacheControl.Length > 0)
        {
            request.Headers.CacheControl = System.Net.Http.Headers.CacheControlHeaderValue.Parse(cacheControl);
        }

        return await client.SendAsync(request, Token);
    }
}
