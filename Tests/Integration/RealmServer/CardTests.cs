using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Fleet.RealmServer.Content;

namespace Fleet.Tests.RealmServer;

public sealed class CardTests
{
    private const string Json = "application/json";

    [Fact]
    public async Task Card_AsJson_IsTheFileWithATagThatFollowsItsBytes()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var first = await server.GetAsync("elements/hydrogen", Json);
        Assert.Equal("""{ "title": "Hydrogen" }""", await first.Content.ReadAsStringAsync());
        Assert.Equal(Json, first.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["Accept"], first.Headers.Vary);
        Assert.Equal("no-cache", first.Headers.CacheControl?.ToString());

        var same = await server.GetAsync("elements/hydrogen", Json, r => r.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(["Accept"], same.Headers.Vary);

        server.Realms.Write("elements/hydrogen.json", """{ "title": "hydrogen" }""");
        var changed = await server.GetAsync("elements/hydrogen", Json, r => r.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(first.Headers.ETag, changed.Headers.ETag);
    }

    [Theory]
    [InlineData("elements/")]
    [InlineData("elements")]
    [InlineData("elements/index")]
    public async Task Card_IndexAsJson_IsAnsweredAtTheRealmsUrl(string path)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        Assert.Equal("All", (await (await server.GetAsync(path, Json)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("{ \"title\": ", "card-not-json")]
    [InlineData("", "card-not-json")]
    [InlineData("[1, 2]", "card-not-json")]
    [InlineData("{} {}", "card-not-json")]
    [InlineData("\"text\"", "card-not-json")]
    public async Task Card_NotAJsonObject_IsRefusedWithItsName(string content, string reason)
    {
        await using var server = new RealmServerUnderTest();
        server.Realms.Write("elements/broken.json", content);
        await server.StartAsync();

        var response = await server.GetAsync("elements/broken", Json);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(reason, problem.GetProperty("reason").GetString());
        Assert.Contains("/elements/broken", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("elements/hydrogen", Json)).StatusCode);
    }

    [Fact]
    public async Task Card_OverTheBound_IsRefusedWithSizeAndSetting()
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.Add("Realms:MaxCardBytes=1024");
        server.Realms.Write("elements/big.json", $$"""{ "title": "{{new string('x', 1024)}}" }""");
        await server.StartAsync();

        var response = await server.GetAsync("elements/big", Json);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains("Realms:MaxCardBytes", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Card_WithAByteOrderMark_IsServedWithout()
    {
        await using var server = new RealmServerUnderTest();
        File.WriteAllBytes(Path.Combine(server.Realms.Path, "elements", "bom.json"), [.. Encoding.UTF8.Preamble, .. "{}"u8]);
        await server.StartAsync();

        Assert.Equal("{}"u8.ToArray(), await (await server.GetAsync("elements/bom", Json)).Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Cards_SomeIds_AnswersThoseThatCanBeRead()
    {
        await using var server = new RealmServerUnderTest();
        server.Realms.Write("elements/broken.json", "{");
        await server.StartAsync();

        var response = await server.GetAsync("elements/_cards?ids=hydrogen,broken,nope,..%2Fsecret,realm,hydrogen,helium", Json);
        var cards = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(["hydrogen", "helium"], cards.EnumerateObject().Select(c => c.Name));
        Assert.Equal("Helium", cards.GetProperty("helium").GetProperty("title").GetString());
        Assert.Equal(HttpStatusCode.NotModified, (await server.GetAsync(
            "elements/_cards?ids=hydrogen,helium", Json, r => r.Headers.IfNoneMatch.Add(response.Headers.ETag!))).StatusCode);
    }

    [Theory]
    [InlineData(0, HttpStatusCode.BadRequest)]
    [InlineData(200, HttpStatusCode.OK)]
    [InlineData(201, HttpStatusCode.BadRequest)]
    public async Task Cards_Ids_AreBounded(int count, HttpStatusCode expected)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var ids = string.Join(',', Enumerable.Range(0, count).Select(i => $"{i:D3}{new string('x', 61)}"));

        Assert.Equal(expected, (await server.GetAsync($"elements/_cards?ids={ids}", Json)).StatusCode);
    }

    [Fact]
    public async Task Realms_List_HasEverythingThatTheirFilesSayAndTheirPath()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var realm = Assert.Single((await server.Client.GetFromJsonAsync<JsonElement>("_realms")).EnumerateArray());

        Assert.Equal("/elements/", realm.GetProperty("url").GetString());
        Assert.Equal("Elements", realm.GetProperty("name").GetString());
        Assert.Equal("sans", realm.GetProperty("theme").GetProperty("font").GetString());
        Assert.Equal(server.RealmUrl, Assert.Single(await server.Registry.Realms.ListAsync(TestContext.Current.CancellationToken)).Url);
    }

    // As in a mounted ConfigMap of Kubernetes: cards are permanent links, and the folder that they lead to is swapped.
    [Fact]
    public void Version_CardIsALink_IsThatOfItsTarget()
    {
        using var folder = new TempFolder();
        folder.Write("..v1/a.json", "{}", DateTime.UnixEpoch.AddYears(30));
        folder.Write("..v2/a.json", "{}", DateTime.UnixEpoch.AddYears(31));
        Link("..data", "..v1");
        Link("a.json", "..data/a.json");
        Link("b.json", "..v1/none.json");
        Link("c.json", "c.json");
        var realm = new Realm("r", "R", "index", folder.Path);

        var before = CardFiles.VersionOf(realm, "a");
        File.Delete(Path.Combine(folder.Path, "..data"));
        Link("..data", "..v2");

        Assert.Equal(DateTime.UnixEpoch.AddYears(30).Ticks, before);
        Assert.Equal(DateTime.UnixEpoch.AddYears(31).Ticks, CardFiles.VersionOf(realm, "a"));
        Assert.All(["b", "c", "d"], id => Assert.Null(CardFiles.VersionOf(realm, id)));

        void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(folder.Path, name), target);
    }

    [Theory]
    [InlineData("no-file", null, "realm.json")]
    [InlineData("broken", "{ \"name\": ", "not valid JSON")]
    [InlineData("twice", "{ \"name\": \"a\", \"name\": \"b\" }", "not valid JSON")]
    [InlineData("list", "[]", "not a JSON object")]
    [InlineData("half", "{ \"name\": \"\\ud800\" }", "not valid JSON")]
    [InlineData("inside", "{ \"name\": \"x\", \"theme\": { \"font\": \"\\ud800\" } }", "not valid JSON")]
    [InlineData("nameless", "{}", "\"name\"")]
    [InlineData("number", "{ \"name\": 7 }", "\"name\"")]
    [InlineData("index", "{ \"name\": \"x\", \"index\": \"../x\" }", "\"index\"")]
    [InlineData("a.b", "{ \"name\": \"x\" }", "letters")]
    [InlineData("assets", "{ \"name\": \"x\" }", "is used by")]
    [InlineData("health", "{ \"name\": \"x\" }", "is used by")]
    public async Task Realm_FolderThatIsNone_IsListedAndTheOthersServed(string folder, string? file, string reason)
    {
        await using var server = new RealmServerUnderTest();
        Directory.CreateDirectory(Path.Combine(server.Realms.Path, folder));
        if (file is not null)
        {
            server.Realms.Write($"{folder}/realm.json", file);
        }

        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();

        var problem = Assert.Single((await server.IndexedAsync()).GetProperty("problems").EnumerateArray());
        Assert.EndsWith(folder, problem.GetProperty("where").GetString(), StringComparison.Ordinal);
        Assert.Contains(reason, problem.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("elements/hydrogen", Json)).StatusCode);
    }

    [Fact]
    public async Task Realm_FileInWindows1252_IsListedAtStartAndLaterAndTheOthersServed()
    {
        byte[] file = [.. "{ \"name\": \"Caf"u8, 0xE9, .. "\" }"u8];
        await using var server = new RealmServerUnderTest();
        server.Realms.Write("cafe/index.json", "{}");
        await File.WriteAllBytesAsync(Path.Combine(server.Realms.Path, "cafe", "realm.json"), file, TestContext.Current.CancellationToken);
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();

        var problem = Assert.Single((await server.IndexedAsync()).GetProperty("problems").EnumerateArray());
        Assert.Contains("UTF-8", problem.GetProperty("reason").GetString(), StringComparison.Ordinal);

        server.Realms.Write("late/realm.json", """{ "name": "Late" }""");
        await File.WriteAllBytesAsync(Path.Combine(server.Realms.Path, "elements", "realm.json"), file, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(
            async () => await server.Client.GetStringAsync("_realms") is var realms && realms.Contains("Late", StringComparison.Ordinal) && !realms.Contains("Elements", StringComparison.Ordinal),
            () => "the new realm to be served and the broken one not");
    }
}
