using System.Net;
using Fleet.RealmServer.Content;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.RealmServer;

/// <summary>Read keys of realms: which settings are accepted, and what a change of key or folder does.</summary>
public sealed class ReadKeysTests
{
    [Fact]
    public async Task Key_Changed_NothingOfTheOldOneIsServed()
    {
        await using var first = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(first.Registry);
        first.Settings.Add(PrivateRealm.Setting);
        await first.With(manager).StartAsync();
        await first.IndexedAsync();
        var url = first.Url;
        await first.StopAsync();

        await using var second = new RealmServerUnderTest(first.Registry, folders: first);
        second.Settings.Add($"Realms:ReadKeys:elements={PrivateRealm.Key}-changed");
        await second.StartAsync(url);

        Assert.Equal(HttpStatusCode.Unauthorized, (await second.GetAsync("elements/hydrogen", with: r => PrivateRealm.With(r, PrivateRealm.Authorization))).StatusCode);
        var page = await second.GetAsync("elements/hydrogen", with: r => PrivateRealm.With(r, $"Bearer {PrivateRealm.Key}-changed"));
        Assert.Equal(RealmServerUnderTest.Shell, await page.Content.ReadAsStringAsync());
    }

    [Fact]
    public void Scopes_OfEqualKeys_DifferAndDoNotRevealThem()
    {
        var keys = new ReadKeys(Options.Create(new RealmsOptions { ReadKeys = new() { ["one"] = PrivateRealm.Key, ["other"] = PrivateRealm.Key } }));
        var same = new ReadKeys(Options.Create(new RealmsOptions { ReadKeys = new() { ["one"] = PrivateRealm.Key } }));

        Assert.NotEqual(keys.Scopes["one"], keys.Scopes["other"]);
        Assert.Equal(keys.Scopes["one"], same.Scopes["one"]);
        Assert.Matches("^[0-9a-f]{24}$", keys.Scopes["one"]);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("with spaces in the middle")]
    public void Start_InvalidKey_IsRefusedWithoutShowingIt(string key)
    {
        using var dist = new TempFolder();
        var options = new RealmsOptions { ReadKeys = new() { ["elements"] = key } };

        var problem = Assert.Single(options.Validate(new(options))).ErrorMessage!;

        Assert.Contains("ReadKeys:elements", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(key, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MY_NOTES", "my-notes")]
    [InlineData("my-notes", "My_Notes")]
    public async Task Key_SpelledAnotherWayThanItsFolder_LocksIt(string name, string folder)
    {
        await using var server = new RealmServerUnderTest();
        server.Realms.Write($"{folder}/realm.json", """{ "name": "Notes" }""");
        server.Realms.Write($"{folder}/index.json", "{}");
        server.Settings.Add($"Realms:ReadKeys:{name}={PrivateRealm.Key}");
        await server.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync($"{folder}/", "application/json")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync($"{folder}/", "application/json", with: r => PrivateRealm.With(r, PrivateRealm.Authorization))).StatusCode);
        Assert.DoesNotContain("Notes", await server.Client.GetStringAsync("_realms"), StringComparison.Ordinal);
        var realm = server.Services.GetRequiredService<RealmCatalog>().Current.Find(folder)!;
        Assert.Equal(PrivateRealm.Authorization, server.Services.GetRequiredService<ReadKeys>().CredentialsFor(realm)?.Authorization);
        Assert.Equal(new ReadKeys(Options.Create(new RealmsOptions { ReadKeys = new() { ["my-notes"] = PrivateRealm.Key } })).Scopes["my-notes"], realm.Scope);
    }

    [Fact]
    public async Task Start_KeyOfNoFolder_IsRefusedWithTheSettingAndTheFolders()
    {
        await using var server = new RealmServerUnderTest();
        server.Settings.Add($"Realms:ReadKeys:element={PrivateRealm.Key}");

        var error = Assert.Throws<StartException>(() => server.Build());

        Assert.Contains("Realms:ReadKeys:element", error.Message, StringComparison.Ordinal);
        Assert.Contains("elements", error.Message.Replace("Realms:ReadKeys:element", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(PrivateRealm.Key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_TwoKeysOfOneFolder_IsRefused()
    {
        var options = new RealmsOptions { ReadKeys = new() { ["my-notes"] = PrivateRealm.Key, ["MY_NOTES"] = PrivateRealm.Key } };

        Assert.Contains("my-notes and MY_NOTES", Assert.Single(options.Validate(new(options))).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_OfAKeyIsRemoved_ServerIsDegradedAndOnlyTheKeyHolderSeesWhy()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Settings.Add(PrivateRealm.Setting);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();

        Directory.Move(Path.Combine(server.Realms.Path, "elements"), Path.Combine(server.Realms.Path, ".elements"));

        await Eventually.TrueAsync(
            async () => (await server.Client.GetStringAsync("health")).Contains("Degraded", StringComparison.OrdinalIgnoreCase), () => "the server to be degraded");
        await Eventually.TrueAsync(
            async () => (await IndexAsync(PrivateRealm.Authorization)).Contains("Realms:ReadKeys:elements", StringComparison.Ordinal), () => "the index to list the key");
        Assert.DoesNotContain("elements", await IndexAsync(null), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("elements/hydrogen")).StatusCode);

        Directory.Move(Path.Combine(server.Realms.Path, ".elements"), Path.Combine(server.Realms.Path, "elements"));
        await Eventually.TrueAsync(
            async () => (await server.GetAsync("elements/hydrogen")).StatusCode == HttpStatusCode.Unauthorized, () => "the realm to be served again, to clients with the key");

        async Task<string> IndexAsync(string? authorization) =>
            await (await server.GetAsync("_index", "application/json", with: r => PrivateRealm.With(r, authorization))).Content.ReadAsStringAsync();
    }
}
