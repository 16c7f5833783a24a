using System.Net;
using Fleet.Contracts;

namespace Fleet.Tests.Manager;

/// <summary>The URL that a prerender server gets is the one that the caller wrote.</summary>
public sealed class AddressTests : OneServerTestBase
{
    [Theory]
    [InlineData("package/lodash.debounce")]
    [InlineData("a%2Fb")]
    [InlineData("a%252Fb")]
    [InlineData("a%2fb/%7Euser/~user")]
    [InlineData("a+b%2Bc")]
    [InlineData("a%20b")]
    [InlineData("straße/%C3%BC/日本/😀")]
    [InlineData("caf%c3%a9/%e6%97%a5")]
    [InlineData("trailing/")]
    [InlineData("double//slash")]
    [InlineData("dots/./and/../up")]
    [InlineData("q?x=1&y=2&z=a%26b+c%2Bd%20e")]
    [InlineData("q?")]
    [InlineData("q?redirect=http://other.test/?a=b&c#d")]
    [InlineData("UPPER/%3f%23")]
    public async Task Url_OnEveryRoute_ReachesTheServerByteForByte(string path)
    {
        var url = ManagerUnderTest.Host + "/elements/" + path;
        foreach (var host in new[] { ManagerUnderTest.Host, "http://localhost:9", "http://[::1]:9" })
        {
            var given = url.Replace(ManagerUnderTest.Host, host, StringComparison.Ordinal);
            foreach (var route in new[] { "render", "screenshot", "pdf" })
            {
                using var answer = await Manager.Client.GetAsync($"/{route}?url={Uri.EscapeDataString(given)}", Token);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }

            await Manager.RenderAsync(new() { Url = given });
            Assert.Equal([url, url], Server.Calls.Select(call => call.Request.Url));
            Assert.Equal([url, url], Server.Screenshots.Select(request => request.Url));
            Assert.All(Server.Calls, call => Assert.Equal($"realm:{ManagerUnderTest.Realm}", call.Request.Affinity));
            Server.Calls.Clear();
            Server.Screenshots.Clear();
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/about", null)]
    [InlineData("http://localhost:9/about?x=1", null)]
    [InlineData("http://127.0.0.1:9", null)]
    [InlineData("http://localhost:9/about", "realm:http://localhost:9/")]
    [InlineData("http://127.0.0.1:9/about", "realm:http://[::1]:9/")]
    public async Task Url_RouteOfTheHostApp_IsRenderedForItsOrigin(string url, string? affinity)
    {
        await Manager.RenderAsync(new() { Url = url, Affinity = affinity });
        Assert.Equal("realm:http://127.0.0.1:9/", Assert.Single(Server.Calls).Request.Affinity);
    }

    [Fact]
    public async Task Url_HostAppWithoutRealms_IsRenderedAtOnce()
    {
        var registry = new Fleet.Tests.InMemory.InMemoryRegistry(new TickingClock(), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        await registry.HostShells.ClaimAsync(new("token", "realm-0", DateTimeOffset.UnixEpoch), Token);
        await using var manager = await ManagerUnderTest.StartAsync(registry, "--Manager:DiscoveryWait=00:01:00");
        await manager.AddServerAsync("prerender-0");
        var result = await manager.RenderAsync(new() { Url = ManagerUnderTest.Host + "/about", DeadlineMs = 10_000 });
        Assert.Equal("realm:http://127.0.0.1:9/", result.Affinity);
    }
}
