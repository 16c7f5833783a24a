using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Fleet.Tests.Manager;
using Fleet.Tests.RealmServer;
using Fleet.Tests.Rendering;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests;

/// <summary>Every route of every service, with generated URLs, headers, bodies and sizes: each server error is an expected one with a reason and no stack trace, no memory leaks, and the next
/// good request is answered. A seed that fails once stays in the list.</summary>
[Collection(HeavyCollection.Name)]
public sealed class RouteFuzzTests
{
    private const int Requests = 400;

    private const long MaxGrowthBytes = 64 * 1024 * 1024;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task RealmServer_GeneratedRequests_KeepTheInvariants(int seed)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        await server.StoreAsync("hydrogen", "stored");
        string[] routes =
        [
            .. RouteFuzzer.RoutesOf(server.Services),
            """POST /_pages/purge {"urls":["/elements/*"]}""", """POST /_pages/recache {"prefix":"/elements/*"}""", """POST /_pages/warm {"sitemap":"*"}""", """PUT /elements/* {"title":"*"}""",
            "/", "/*", "/elements/*", "/elements/hydrogen", "/elements/_cards?ids=*", "/elements/_realm", "/assets/*", "/_index", "/_index/events", "/_index/diagnostics?url=*", "/_search?q=*", "/_screenshots/elements/*",
            "/_post-deployment", "/_standby", "/_realms", "/index.html", "/sitemap.xml", "/robots.txt", "/health", "/alive", "/.well-known/*", "*",
        ];

        // With the key, a card may be deleted.
        await FuzzAsync(new(new(server.Url), routes, RealmServerUnderTest.AdminKey), seed, "/elements/");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Manager_GeneratedRequests_KeepTheInvariants(int seed)
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:DiscoveryWait=00:00:00.100", "--Fleet:Metrics=open", "--Manager:Dialects:Prerender=true", "--Manager:Dialects:Rendertron=true", "--Manager:Dialects:Browserless=true", "--Manager:Dialects:Gotenberg=true");
        await manager.AddServerAsync("prerender-0");
        string[] routes =
        [
            .. RouteFuzzer.RoutesOf(manager.App.Services),
            $$"""POST /renders {"url":"{{ManagerUnderTest.Card}}","affinity":"*"}""", $$"""POST /screenshots {"url":"{{ManagerUnderTest.Card}}","format":"*"}""", """POST /commands {"command":"a","input":"*"}""",
            """POST /jobs {"urls":["*"]}""", $$"""POST /jobs {"sitemap":"{{ManagerUnderTest.Host}}/*"}""", """POST /publications {"urls":["*"]}""", """POST /_pages/purge {"urls":["*"]}""", """POST /recache {"url":"*"}""",
            "/", "/*", "/render?url=*", $"/render?url={ManagerUnderTest.Card}", "/renders", "/screenshot?url=*", "/pdf?url=*", $"/screenshot?url={ManagerUnderTest.Card}", "/commands", "/fleet", "/fleet/events", "/fleet/recycle",
            "/fleet/servers/*/drain", "/fleet/servers/*/undrain", "/fleet/affinities/*", "/host-shell", "/openapi/*", "/health", "/alive", "*",
            "/http://*", "/https%3A%2F%2F*", "/" + ManagerUnderTest.Card, "/render/*", "/render/" + ManagerUnderTest.Card, "/screenshot/*",
            "/content", "/chromium/content?token=*", "/pdf", "/screenshot", "/forms/chromium/convert/url", "/forms/chromium/screenshot/url",
            "/jobs", "/jobs?cursor=*", "/jobs/*", "/jobs/*/results?cursor=*", "/jobs/*/events", "/publications", "/publications/*?wait=*",
        ];

        await FuzzAsync(new(manager.Client.BaseAddress!, routes, ManagerUnderTest.AdminKey), seed, "/render?url=" + ManagerUnderTest.Card);
    }

    [Fact]
    public async Task PrerenderServer_GeneratedRequests_KeepTheInvariants()
    {
        const string key = "a-long-enough-key-for-a-prerender-server";
        await using var site = await TestSite.StartAsync();
        await using var app = ServerFixture.Start(new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance), site, "--Fleet:AdminKey=" + key);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        await ServerFixture.HealthyAsync(client);
        // Those would end the health that is looked at.
        string[] routes = 
        [
            .. RouteFuzzer.RoutesOf(app.Services, without: ["/drain", "/recycle"]), $$"""POST /renders {"url":"{{site.Url}}*"}""", $$"""POST /screenshots {"url":"{{site.Url}}","format":"*"}""", """POST /commands {"command":"a","input":"*"}""",
            "/", "/*", "/renders", "/renders", "/screenshots", "/commands", "/pool", "/failures", "/failures/*", "/undrain", "/affinities/*", "/health", "/alive", "*",
        ];

        await FuzzAsync(new(client.BaseAddress, routes, key), seed: 1, "/health");
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task FuzzAsync(RouteFuzzer fuzzer, int seed, string good)
    {
        var token = TestContext.Current.CancellationToken;
        Assert.True(await fuzzer.IsAsync(good, 200, token), $"{good} is answered before");
        var before = GC.GetTotalMemory(forceFullCollection: true);
#pragma warning disable CA5394 // The requests must be the same in every run.
        var random = new Random(seed);
#pragma warning restore CA5394
        for (var i = 0; i < Requests; i++)
        {
            await fuzzer.SendAsync(random, token);
        }

        Assert.True(await fuzzer.IsAsync(good, 200, token), $"{good} is answered afterwards");
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(growth < MaxGrowthBytes, $"{Requests} requests left {growth} bytes behind, more than {MaxGrowthBytes}.");
    }
}
