using System.Net;
using System.Text;
using Fleet.RealmServer.Content;
using Fleet.Tests.Time;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.RealmServer;

public sealed class CardWriteTests
{
    [Fact]
    public async Task Put_NewThenAgain_IsReadAsWritten()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var created = await PutAsync(server, "elements/lithium", """{ "title": "Lithium" }""");
        var replaced = await PutAsync(server, "elements/lithium", """{ "title": "Li" }""");
        var read = await server.GetAsync("elements/lithium", "application/json");

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("/elements/lithium", created.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.NoContent, replaced.StatusCode);
        Assert.Equal("""{ "title": "Li" }""", await read.Content.ReadAsStringAsync());
        Assert.Equal(read.Headers.ETag, replaced.Headers.ETag);
        Assert.Empty(Directory.GetFiles(server.Realms.Path, "*.draft", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("elements/helium", "{", HttpStatusCode.UnprocessableEntity)]
    [InlineData("elements/helium", "[]", HttpStatusCode.UnprocessableEntity)]
    [InlineData("elements/realm", "{}", HttpStatusCode.BadRequest)]
    [InlineData("elements/_cards", "{}", HttpStatusCode.BadRequest)]
    [InlineData("elements/..%2f..%2fx", "{}", HttpStatusCode.BadRequest)]
    [InlineData("nowhere/helium", "{}", HttpStatusCode.NotFound)]
    public async Task Put_InvalidCard_IsRefusedAndNothingIsWritten(string path, string body, HttpStatusCode expected)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var before = Directory.GetFiles(server.Realms.Path, "*", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();

        Assert.Equal(expected, (await PutAsync(server, path, body)).StatusCode);

        Assert.Equal(before, Directory.GetFiles(server.Realms.Path, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
    }

    [Fact]
    public async Task Put_NotUtf8_IsRefused()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var response = await PutAsync(server, "elements/helium", "", r => r.Content = new ByteArrayContent([.. "{ \"title\": \"Caf"u8, 0xE9, .. "\" }"u8]));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains("UTF-8", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_TooLarge_IsRefusedWithTheSetting()
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.Add("Realms:MaxCardBytes=2000");
        await server.StartAsync();

        var response = await PutAsync(server, "elements/helium", $$"""{ "title": "{{new string('x', 3000)}}" }""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("Realms:MaxCardBytes", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_IfMatchOfAnotherVersion_IsRefused()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var etag = (await server.GetAsync("elements/helium", "application/json")).Headers.ETag!;

        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(server, "elements/helium", "{}", r => r.Headers.IfMatch.Add(etag))).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync(server, "elements/helium", "{}", r => r.Headers.IfMatch.Add(etag))).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync(server, "elements/none", "{}", r => r.Headers.IfMatch.Add(etag))).StatusCode);
    }

    [Fact]
    public async Task Put_IfNoneMatchAny_ReplacesNothing()
    {
        await using var server = new RealmServerUnderTest();
        server.Realms.Write("elements/broken.json", "{");
        await server.StartAsync();
        var etag = (await server.GetAsync("elements/helium", "application/json")).Headers.ETag!;

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync(server, "elements/helium", "{}", r => r.Headers.IfNoneMatch.ParseAdd("*"))).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync(server, "elements/helium", "{}", r => r.Headers.IfNoneMatch.Add(etag))).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync(server, "elements/broken", "{}", r => r.Headers.IfNoneMatch.ParseAdd("*"))).StatusCode);
        Assert.Equal(etag, (await server.GetAsync("elements/helium", "application/json")).Headers.ETag);
        Assert.Equal(HttpStatusCode.Created, (await PutAsync(server, "elements/lithium", "{}", r => r.Headers.IfNoneMatch.ParseAdd("*"))).StatusCode);
    }

    [Fact]
    public async Task Drafts_OfAKilledServer_AreRemovedAtTheStartAndEachHour()
    {
        var clock = new VirtualTimeProvider();
        await using var server = new RealmServerUnderTest();
        var now = clock.GetUtcNow().UtcDateTime;
        var old = server.Realms.Write("elements/.helium.1.draft", "{", now - TimeSpan.FromMinutes(61));
        var young = server.Realms.Write("elements/.helium.2.draft", "{", now - TimeSpan.FromMinutes(30));
        await using var app = server.Build(services: services => services.AddSingleton<TimeProvider>(clock));
        var catalog = app.Services.GetRequiredService<RealmCatalog>();

        Assert.Equal((false, true), (File.Exists(old), File.Exists(young)));

        clock.Advance(TimeSpan.FromMinutes(59));
        catalog.Refresh();
        Assert.True(File.Exists(young));

        clock.Advance(TimeSpan.FromMinutes(1));
        catalog.Refresh();
        Assert.False(File.Exists(young));
        Assert.True(File.Exists(Path.Combine(server.Realms.Path, "elements", "helium.json")));
    }

    [Fact]
    public async Task Delete_Card_RemovesItOnce()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await server.GetAsync("elements/helium", method: HttpMethod.Delete, with: WithKey)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("elements/helium", method: HttpMethod.Delete, with: WithKey)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("elements/helium", "application/json")).StatusCode);
    }

    [Fact]
    public async Task Write_WithoutTheKey_IsRefused()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("elements/helium", method: HttpMethod.Put)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("elements/helium", method: HttpMethod.Delete)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("elements/helium", "application/json")).StatusCode);
    }

    private static Task<HttpResponseMessage> PutAsync(RealmServerUnderTest server, string path, string json, Action<HttpRequestMessage>? with = null) =>
        server.GetAsync(path, method: HttpMethod.Put, with: request =>
        {
            WithKey(request);
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
            with?.Invoke(request);
        });

    private static void WithKey(HttpRequestMessage request) => request.Headers.Authorization = new("Bearer", RealmServerUnderTest.AdminKey);
}
