using Fleet.Tests.RealmServer;

namespace Fleet.Tests;

/// <summary>Boundary 2: no answer of the realm server to a caller without a key names the address of the manager, also not when the manager is away.</summary>
public sealed class AnonymousAnswersTests
{
    // Nothing listens on this address, and no other address of the test begins with the same text.
    private const string Host = "127.0.0.77";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RealmServer_ManagerAway_AnyRoute_NamesNoInternalAddress()
    {
        await using var server = await new RealmServerUnderTest { Settings = { "Pages:CrawlerBudget=00:00:01" } }.WithManagerAt($"http://{Host}:9").StartAsync();
        await Eventually.TrueAsync(
            async () => (await server.Client.GetStringAsync("health", Token)).Contains("No page can be rendered", StringComparison.Ordinal), () => "the realm server to report that its manager is away");

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
}
