using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.RealmServer;

/// <summary>Changed pages are submitted to a fake endpoint of IndexNow.</summary>
public sealed class IndexNowTests
{
    private const string Key = "0123456789abcdef";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_ChangedPageThatTheSitemapLists_IsSubmittedOnceWhenTheEndpointTakesIt()
    {
        var submitted = new ConcurrentQueue<JsonElement>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var endpoint = builder.Build();
        endpoint.Urls.Add("http://127.0.0.1:0");
        endpoint.MapPost("/indexnow", (JsonElement body) =>
        {
            submitted.Enqueue(body);
            // The endpoint rejects the first submission as too early.
            return Results.StatusCode(submitted.Count == 1 ? 429 : 202);
        });
        await endpoint.StartAsync(Token);
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Settings.AddRange(
            [$"IndexNow:Key={Key}", $"IndexNow:Endpoint={endpoint.Urls.Single()}/indexnow", "IndexNow:Interval=00:00:01", "Realms:PublicUrl=https://www.example.com", "Pages:SitemapRoutes:0=/listed"]);
        await server.OnDemandOnly(manager).StartAsync();

        foreach (var path in new[] { "listed", "elements/helium", "invented" })
        {
            using var page = await server.GetAsync(path, with: request => request.Headers.Add("X-Prerender", "1"));
            Assert.Equal(200, (int)page.StatusCode);
        }

        await Eventually.TrueAsync(() => UrlsOf(submitted.Skip(1)).Count >= 2, () => $"two submitted pages: {string.Join(" ", submitted)}");
        Assert.Equal(["https://www.example.com/elements/helium", "https://www.example.com/listed"], UrlsOf(submitted.Skip(1)).Order());
        var first = submitted.First();
        Assert.Equal(
            ("www.example.com", Key, $"https://www.example.com/{Key}.txt"),
            (first.GetProperty("host").GetString(), first.GetProperty("key").GetString(), first.GetProperty("keyLocation").GetString()));
        using var key = await server.GetAsync($"{Key}.txt", "*/*");
        Assert.Equal(Key, await key.Content.ReadAsStringAsync(Token));

        // Both are rendered again; the unchanged one is not submitted.
        var before = submitted.Count;
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Rendered(request, shell, request.Url.EndsWith("/listed", StringComparison.Ordinal) ? "<h1>changed</h1>" : "<h1>rendered</h1>"));
        using var recached = await server.Client.SendAsync(
            new(HttpMethod.Post, "_pages/recache")
            {
                Content = new StringContent("""{"urls":["/elements/helium","/listed"]}""", System.Text.Encoding.UTF8, "application/json"),
                Headers = { Authorization = new("Bearer", RealmServerUnderTest.AdminKey) },
            },
            Token);
        Assert.Equal(202, (int)recached.StatusCode);
        await Eventually.TrueAsync(() => submitted.Count > before, () => "the changed page to be submitted");
        Assert.Equal(["https://www.example.com/listed"], UrlsOf(submitted.Skip(before)));
    }

    [Theory]
    [InlineData("IndexNow:Key=short", "IndexNow:Key")]
    [InlineData($"IndexNow:Key={Key}", "IndexNow:Key requires Realms:PublicUrl")]
    [InlineData("IndexNow:Endpoint=ftp://x", "IndexNow: Endpoint is 'ftp://x'")]
    public async Task Start_InvalidSetting_NamesIt(string setting, string error)
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.Add(setting);
        var failure = await Record.ExceptionAsync(() => server.Build().StartAsync(Token));
        Assert.Contains(error, failure?.Message ?? "", StringComparison.Ordinal);
    }

    private static List<string?> UrlsOf(IEnumerable<JsonElement> bodies) => [.. bodies.SelectMany(body => body.GetProperty("urlList").EnumerateArray()).Select(url => url.GetString())];
}
