using System.Net;
using System.Text;

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
    public async Task Put_NoCard_IsRefusedAndNothingIsWritten(string path, string body, HttpStatusCode expected)
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
    public async Task Put_ForAnotherVersionThanIsThere_IsRefused()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var etag = (await server.GetAsync("elements/helium", "application/json")).Headers.ETag!;

        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(server, "elements/helium", "{}", r => r.Headers.IfMatch.Add(etag))).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync(server, "elements/helium", "{}", r => r.Headers.IfMatch.Add(etag))).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync(server, "elements/none", "{}", r => r.Headers.IfMatch.Add(etag))).StatusCode);
    }

    [Fact]
    public async Task Delete_Card_IsGoneAndOnlyOnce()
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
