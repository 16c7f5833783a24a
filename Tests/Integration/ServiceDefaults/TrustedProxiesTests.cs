using System.Net;
using Fleet.ServiceDefaults;
using Fleet.Tests.RealmServer;

namespace Fleet.Tests.ServiceDefaults;

/// <summary>Forwarded headers count only when a named proxy sends them. The limit of searches per client shows which address a request has.</summary>
public sealed class TrustedProxiesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>With one search per minute and client, the second of two requests is refused when both count as the same client.</summary>
    [Theory]
    [InlineData("127.0.0.1", "203.0.113.1", "203.0.113.2", true)]
    [InlineData("127.0.0.0/8", "203.0.113.1", "203.0.113.2", true)]
    [InlineData("127.0.0.1", "203.0.113.1", "203.0.113.1", false)]
    // The caller is not a named proxy.
    [InlineData("10.0.0.7", "203.0.113.1", "203.0.113.2", false)]
    [InlineData(null, "203.0.113.1", "203.0.113.2", false)]
    // Entries that a client sent come before the entry that the proxy added.
    [InlineData("127.0.0.1", "198.51.100.1, 203.0.113.1", "198.51.100.2, 203.0.113.1", false)]
    [InlineData("127.0.0.1", "10.0.0.7, 203.0.113.1", "10.0.0.7, 203.0.113.2", true)]
    // Two proxies: the client is the entry before the first of them.
    [InlineData("127.0.0.1,10.0.0.0/24", "203.0.113.1, 10.0.0.7", "203.0.113.2, 10.0.0.8", true)]
    [InlineData("127.0.0.1,10.0.0.0/24", "198.51.100.1, 203.0.113.1, 10.0.0.7", "198.51.100.2, 203.0.113.1, 10.0.0.7", false)]
    [InlineData("127.0.0.1", "2001:db8::1", "2001:db8:1::1", true)]
    public async Task Search_ForwardedFor_CountsOnlyFromNamedProxies(string? proxies, string first, string second, bool areTwoClients)
    {
        await using var server = New(proxies);
        await server.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await SearchAsync(server, first));
        Assert.Equal(areTwoClients ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, await SearchAsync(server, second));
    }

    [Theory]
    [InlineData("proxy.internal", "must be IP addresses or CIDR ranges")]
    [InlineData("10.0.0.7/33", "must be IP addresses or CIDR ranges")]
    [InlineData("0.0.0.0/0", "a range of all addresses (/0) is refused")]
    [InlineData("::/0", "a range of all addresses (/0) is refused")]
    public async Task Build_BadProxy_SaysWhatIsAllowed(string proxy, string says)
    {
        await using var server = New(proxy);
        var error = FleetHost.Explain(Record.Exception(() => server.Build())!);
        Assert.Contains("Fleet:TrustedProxies", error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_SwitchThatTrustsEveryCaller_IsRefusedBesideIt()
    {
        await using var server = New("127.0.0.1");
        server.Settings.Add("FORWARDEDHEADERS_ENABLED=true");
        Assert.Contains("ASPNETCORE_FORWARDEDHEADERS_ENABLED", Assert.Throws<StartException>(() => server.Build()).Message, StringComparison.Ordinal);
    }

    private static RealmServerUnderTest New(string? proxies)
    {
        var server = new RealmServerUnderTest();
        server.Settings.Add("Pages:SearchesPerMinute=1");
        server.Settings.AddRange((proxies?.Split(',') ?? []).Select((proxy, i) => $"Fleet:TrustedProxies:{i}={proxy}"));
        return server;
    }

    private static async Task<HttpStatusCode> SearchAsync(RealmServerUnderTest server, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "_search?q=x");
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var response = await server.Client.SendAsync(request, Token);
        return response.StatusCode;
    }
}
