using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Connections;
using Fleet.ServiceDefaults;
using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Rendering;

/// <summary>Pages see the public address of the site, while the browsers of the fleet connect to the internal one.</summary>
[Collection(ServerCollection.Name)]
public sealed class SiteAddressTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The names do not exist, so a page that is rendered came from the internal address.</summary>
    [Theory]
    [InlineData("https://www.shop.example/", "https://www.shop.example")]
    [InlineData("https://www.shop.example:8443", "https://www.shop.example:8443")]
    [InlineData("http://www.shop.example", "http://www.shop.example")]
    [InlineData("https://shop.localhost", "https://shop.localhost")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    public async Task Render_PublicUrl_PageSeesItAndTheConnectionGoesToTheInternalAddress(string publicUrl, string origin)
    {
        await using var site = await TestSite.StartAsync();
        var hosts = new ConcurrentQueue<string>();
        site.Routes["/data"] = http =>
        {
            hosts.Enqueue(http.Request.Headers.Host.ToString());
            return http.Response.WriteAsync("cookie " + http.Request.Cookies["visit"]);
        };
        site.Page("/page", """
            <!doctype html><title>x</title><p id="where"></p><p id="data"></p><a id="link" href="/next">next</a><script>
            document.cookie = 'visit=first' + (location.protocol === 'https:' ? '; Secure' : '');
            document.getElementById('where').textContent = location.href + ' secure ' + isSecureContext + ' link ' + document.getElementById('link').href;
            fetch('/data').then(answer => answer.text()).then(text => document.getElementById('data').textContent = text);
            </script>
            """);
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        await using var app = ServerFixture.Start(registry, site, $"--Realms:PublicUrl={publicUrl}");
        await app.StartAsync(Token);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        await Eventually.TrueAsync(async () => (await client.GetAsync("alive", Token)).IsSuccessStatusCode, () => "the server to answer");

        var result = await RenderAsync(client, origin + "/page");

        var isSecure = origin.StartsWith("https:", StringComparison.Ordinal);
        Assert.Equal((RenderOutcome.Rendered, 200), (result.Outcome, result.Status));
        Assert.Contains($"{origin}/page secure {(isSecure ? "true" : "false")} link {origin}/next", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Contains("cookie first", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Equal([new Uri(origin).Authority], hosts.Distinct());

        // The internal address is not an origin of the site.
        using var inside = await client.PostAsJsonAsync("renders", new RenderRequest { Url = site["page"].AbsoluteUri }, FleetJson.Options, Token);
        Assert.Equal(HttpStatusCode.BadRequest, inside.StatusCode);
        Assert.Contains("Realms:PublicUrl", await inside.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        await app.StopAsync(Token);
    }

    [Fact]
    public async Task Render_InternalAddressDropsAConnection_EndsInTimeAndTheNextSucceeds()
    {
        await using var site = await TestSite.StartAsync();
        site.Page("/page", "<!doctype html><title>x</title><p>here</p>");
        site.Routes["/broken"] = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        await using var app = ServerFixture.Start(registry, site, "--Realms:PublicUrl=https://www.shop.example");
        await app.StartAsync(Token);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };

        Assert.NotEqual(RenderOutcome.Rendered, (await RenderAsync(client, "https://www.shop.example/broken")).Outcome);
        Assert.Contains("here", (await RenderAsync(client, "https://www.shop.example/page")).Formats[RenderFormat.Html], StringComparison.Ordinal);
        await app.StopAsync(Token);
    }

    /// <summary>Only the connector's own key is accepted: another certificate for the same name, such as that of an attacker in between, is not.</summary>
    [Fact]
    public void Route_EachServer_HasAKeyOfItsOwn()
    {
        var address = new SiteAddress(new("https://www.shop.example/"), new("http://127.0.0.1:5100/"));
        var keys = Enumerable.Range(0, 2).Select(_ => new SiteConnector(address, TimeProvider.System, NullLogger<SiteConnector>.Instance).Route!.Spki).ToList();
        Assert.NotEqual(keys[0], keys[1]);
    }

    [Theory]
    [InlineData("ftp://x", "Realms:PublicUrl is 'ftp://x': it must be an absolute http or https URL")]
    [InlineData("https://user:pass@x/", "without user")]
    [InlineData("https://www.shop.example/app/", "cannot have a path")]
    public async Task Build_BadPublicUrl_SaysWhatIsWrong(string value, string says)
    {
        await using var site = await TestSite.StartAsync();
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        var error = Assert.Throws<StartException>(() => ServerFixture.Start(registry, site, $"--Realms:PublicUrl={value}"));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    private static async Task<RenderResult> RenderAsync(HttpClient client, string url)
    {
        using var response = await client.PostAsJsonAsync("renders", new RenderRequest { Url = url, Formats = [RenderFormat.Html], DeadlineMs = 30_000 }, FleetJson.Options, Token);
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"Expected a result. Seen: {(int)response.StatusCode} {body}");
        return JsonSerializer.Deserialize<RenderResult>(body, FleetJson.Options)!;
    }
}
