using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Indexing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.RealmServer;

/// <summary>A realm with a read key: who can read it, and that no other route reveals it.</summary>
public sealed class PrivateRealmTests
{
    [Theory]
    [InlineData("elements/", "text/html")]
    [InlineData("elements/hydrogen", "text/html")]
    [InlineData("elements/hydrogen", "application/json")]
    [InlineData("elements/no-such-card", "application/json")]
    [InlineData("elements/_cards?ids=hydrogen", "application/json")]
    [InlineData("elements/_realm", "application/json")]
    [InlineData("elements", "text/html")]
    public async Task Read_WithoutTheKey_IsTheSameRefusalForAnyPath(string path, string accept)
    {
        await using var server = await PrivateRealm.StartAsync();
        // Left from the time when the realm was public.
        await server.StoreAsync("hydrogen", "secret");

        foreach (var authorization in new[] { null, "Bearer wrong-wrong-wrong-wrong", "Basic !!!", "Basic " + PrivateRealm.Base64("user:wrong"), "Bearer " + RealmServerUnderTest.AdminKey })
        {
            var response = await server.GetAsync(path, accept, with: r => PrivateRealm.With(r, authorization));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        }
    }

    [Theory]
    [InlineData(PrivateRealm.Authorization)]
    [InlineData("bearer " + PrivateRealm.Key)]
    [InlineData(null)]
    public async Task Read_WithTheKey_IsTheCardAndNothingOfPublicTimes(string? authorization)
    {
        authorization ??= "Basic " + PrivateRealm.Base64("any:" + PrivateRealm.Key);
        await using var server = await PrivateRealm.StartAsync();
        await server.StoreAsync("hydrogen", "stored in public times");

        var json = await server.GetAsync("elements/hydrogen", "application/json", with: r => PrivateRealm.With(r, authorization));
        var html = await server.GetAsync("elements/hydrogen", with: r => PrivateRealm.With(r, authorization));

        Assert.Contains("Hydrogen", await json.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(RealmServerUnderTest.Shell, await html.Content.ReadAsStringAsync());
        foreach (var response in new[] { json, html })
        {
            Assert.Contains("Authorization", response.Headers.Vary);
            Assert.Equal("no-cache, private", response.Headers.CacheControl?.ToString());
        }
    }

    [Fact]
    public async Task Page_WithTheKey_IsThePrerenderedOne()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Settings.Add(PrivateRealm.Setting);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();

        var page = await server.GetAsync("elements/hydrogen", with: r => PrivateRealm.With(r, PrivateRealm.Authorization));
        var again = await server.GetAsync("elements/hydrogen", with: r => { PrivateRealm.With(r, PrivateRealm.Authorization); r.Headers.IfNoneMatch.Add(page.Headers.ETag!); });
        // The tag does not replace the key.
        var leak = await server.GetAsync("elements/hydrogen", with: r => r.Headers.IfNoneMatch.Add(page.Headers.ETag!));

        Assert.Contains("<h1>rendered</h1>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("no-cache, private", page.Headers.CacheControl?.ToString());
        Assert.Contains("Authorization", page.Headers.Vary);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, leak.StatusCode);
        Assert.Null(leak.Headers.ETag);
        Assert.Equal(3, manager.Requests.Count);
        Assert.All(manager.Requests, request =>
        {
            Assert.Equal(PrivateRealm.Authorization, request.Credentials?.Authorization);
            Assert.True(AffinityKey.TryParse(request.Affinity, out var affinity));
            Assert.Equal((server.RealmUrl, 24), (affinity.Value, affinity.Scope.Length));
            Assert.Empty(RenderRequestRules.Check(request));
        });
    }

    [Fact]
    public async Task Stored_OfAPrivateRealm_IsUnderNoNameThatAPublicRequestHasAndNeverWithTheKey()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Settings.Add(PrivateRealm.Setting);
        manager.IsReady = false;
        await server.With(manager).StartAsync();
        // Left from the time when the realm was public.
        await server.StoreAsync("hydrogen", "stored in public times");
        manager.IsReady = true;
        await server.IndexedAsync();
        // The pass may have listed such pages before this one was stored.
        server.Services.GetRequiredService<Indexer>().Request();

        var pages = server.Registry.Pages;
        var scope = server.Services.GetRequiredService<ReadKeys>().Scopes["elements"];
        var token = TestContext.Current.CancellationToken;
        await Eventually.TrueAsync(async () => (await pages.GetVersionsAsync(server.RealmUrl, token)).Count == 0, () => "the public page to be removed");
        Assert.Empty(await pages.GetVersionsAsync(server.Url, token));
        var kept = await pages.GetVersionsAsync($"{server.RealmUrl}#{scope}", token);
        Assert.Equal(3, kept.Count);
        foreach (var page in kept.Keys)
        {
            Assert.DoesNotContain(PrivateRealm.Key, JsonSerializer.Serialize(await pages.GetAsync($"{server.RealmUrl}#{scope}", page, token)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Crawler_WithoutTheKey_CausesNoRender()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Settings.Add(PrivateRealm.Setting);
        await server.OnDemandOnly(manager).StartAsync();

        var refused = await server.GetAsync("elements/hydrogen", with: r => r.Headers.Add("X-Prerender", "1"));
        var fleet = await server.GetAsync("elements/hydrogen", with: r => r.Headers.TryAddWithoutValidation("User-Agent", FleetHeaders.UserAgentProduct + "/1.0"));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, fleet.StatusCode);
        Assert.Empty(manager.Requests);
        var rendered = await server.GetAsync("elements/hydrogen", with: r => { PrivateRealm.With(r, PrivateRealm.Authorization); r.Headers.Add("X-Prerender", "1"); });
        Assert.Contains("<h1>rendered</h1>", await rendered.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Realm_WithTheKey_SaysWhatItIs()
    {
        await using var server = await PrivateRealm.StartAsync();

        var response = await server.GetAsync("elements/_realm", "application/json", with: r => PrivateRealm.With(r, PrivateRealm.Authorization));

        Assert.Contains("\"name\":\"Elements\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("no-cache, private", response.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task Realm_Private_IsAnnouncedListedAndFoundNowhereWithoutTheKey()
    {
        await using var server = new RealmServerUnderTest();
        server.Realms.Write("open/realm.json", """{ "name": "Open" }""");
        server.Realms.Write("open/index.json", "{}");
        server.Realms.Write("elements/not an id.json", "{}");
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(request.Url.EndsWith("helium", StringComparison.Ordinal)
            ? FakeManager.Ended(RenderOutcome.Failed, request, new(shell.Token, shell.Generation, true) { CurrentAtStart = true }, "Helium's own fault.")
            : FakeManager.Rendered(request, shell) with { Data = JsonSerializer.SerializeToElement(new { searchDoc = new { title = "hydrogen" } }) });
        server.Settings.Add(PrivateRealm.Setting);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();

        Assert.Equal(server.Url + "open/", Assert.Single(await server.Registry.Realms.ListAsync(TestContext.Current.CancellationToken)).Url);
        foreach (var authorization in new[] { null, "Bearer wrong-wrong-wrong-wrong" })
        {
            foreach (var path in new[] { "_realms", "sitemap.xml", "robots.txt", "_index", "_search?q=hydrogen" })
            {
                var response = await server.GetAsync(path, "application/json", with: r => PrivateRealm.With(r, authorization));
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                Assert.DoesNotContain("lements/", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("_search?q=hydrogen&realm=elements", "application/json", with: r => PrivateRealm.With(r, authorization))).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync(Diagnostics(), "application/json", with: r => PrivateRealm.With(r, authorization))).StatusCode);
        }

        Assert.Equal((1, 1, 0), Counts(await server.IndexAsync()));
        using var listener = new StreamReader(await server.Client.GetStreamAsync("_index/events", TestContext.Current.CancellationToken));
        await listener.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"total\":1,", await listener.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var index = await TextAsync("_index");
        Assert.Equal((4, 4, 1), Counts(JsonDocument.Parse(index).RootElement));
        Assert.Contains("Helium's own fault.", index, StringComparison.Ordinal);
        Assert.Contains("elements/not an id.json", index, StringComparison.Ordinal);
        Assert.Contains(server.RealmUrl + "hydrogen", await TextAsync("_search?q=hydrogen&realm=elements"), StringComparison.Ordinal);
        Assert.Contains("Helium's own fault.", await TextAsync(Diagnostics()), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Services.GetRequiredService<ReadKeys>().Scopes["elements"], await TextAsync("_search?q=hydrogen"), StringComparison.Ordinal);

        string Diagnostics() => "_index/diagnostics?url=" + Uri.EscapeDataString(server.RealmUrl + "helium");

        static (int Total, int Done, int Failed) Counts(JsonElement status) =>
            (status.GetProperty("total").GetInt32(), status.GetProperty("done").GetInt32(), status.GetProperty("failed").GetInt32());

        async Task<string> TextAsync(string path) =>
            await (await server.GetAsync(path, "application/json", with: r => PrivateRealm.With(r, PrivateRealm.Authorization))).Content.ReadAsStringAsync();
    }

    [Fact]
    public async Task Realm_PrivateAndBroken_NothingOfItIsServedOrListed()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Settings.Add(PrivateRealm.Setting);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        Assert.Contains("rendered", await (await server.GetAsync("elements/hydrogen", with: r => PrivateRealm.With(r, PrivateRealm.Authorization))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        manager.Requests.Clear();

        server.Realms.Write("elements/realm.json", "{ \"name\": ");
        server.Services.GetRequiredService<RealmCatalog>().Refresh();

        var page = await server.GetAsync("elements/hydrogen", with: r => r.Headers.Add("X-Prerender", "1"));
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.DoesNotContain("rendered", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(manager.Requests);
        await Eventually.TrueAsync(async () => (await IndexAsync(PrivateRealm.Authorization)).Contains("not valid JSON", StringComparison.Ordinal), () => "the index to list the realm");
        Assert.DoesNotContain("elements", await IndexAsync(null), StringComparison.Ordinal);

        async Task<string> IndexAsync(string? authorization) =>
            await (await server.GetAsync("_index", "application/json", with: r => PrivateRealm.With(r, authorization))).Content.ReadAsStringAsync();
    }
}
