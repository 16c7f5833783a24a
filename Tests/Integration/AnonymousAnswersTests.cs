using System.Net;
using Fleet.Tests.Manager;
using Fleet.Tests.RealmServer;

namespace Fleet.Tests;

/// <summary>Boundary 2: no answer to a caller without a key names the address of another service, also not when that service is away. <c>GET /fleet</c> of the manager, which
/// lists the servers and the allowed origins, is not covered.</summary>
public sealed class AnonymousAnswersTests
{
    // Nothing listens there, and no other address of the test begins like it.
    private const string Host = "127.0.0.77";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RealmServer_ManagerAway_AnyRoute_NamesNoInternalAddress()
    {
        await using var server = await new RealmServerUnderTest { Settings = { "Pages:CrawlerBudget=00:00:01" } }.WithManagerAt($"http://{Host}:9").StartAsync();
        await Eventually.TrueAsync(
            async () => (await server.Client.GetStringAsync("health", Token)).Contains("No page can be rendered", StringComparison.Ordinal), () => "the realm server to know that its manager is away");

        foreach (var route in (string[])["health", "alive", "", "elements/hydrogen", "elements/none", "elements/", "elements/_realm", "elements/_cards?ids=hydrogen", "_index", "_index/diagnostics?url=" + server.RealmUrl + "hydrogen",
            "_search?q=h", "_screenshots/elements/hydrogen", "_realms", "sitemap.xml", "robots.txt", "none"])
        {
            foreach (var (accept, agent) in ((string, string)[])[("text/html", "Googlebot"), ("application/json", "x")])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Url + route)) { Headers = { { "Accept", accept }, { "User-Agent", agent } } };
                using var response = await server.Client.SendAsync(request, Token);
                Assert.DoesNotContain(Host, response.Headers + await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Manager_RealmAway_AnyRoute_NamesNoInternalAddress()
    {
        await using var manager = await ManagerUnderTest.StartAsync($"--services:realm:http:0=http://{Host}:9", "--Manager:DiscoveryWait=00:00:00.100");

        foreach (var route in (string[])["health", "alive", "render?url=http://127.0.0.1:1/", "screenshot?url=http://127.0.0.1:1/", "pdf?url=http://127.0.0.1:1/", "none"])
        {
            using var response = await manager.Client.GetAsync(route, Token);
            Assert.NotEqual(HttpStatusCode.InternalServerError, response.StatusCode);
            Assert.DoesNotContain(Host, response.Headers + await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
    }
}
