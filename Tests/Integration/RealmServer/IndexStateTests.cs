using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.RealmServer;

/// <summary>The state that the index reports, and the index with a second replica, without permission or without storage.</summary>
public sealed class IndexStateTests
{
    [Fact]
    public async Task Replicas_Two_OneIndexesAndTheOtherTakesOver()
    {
        await using var first = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(first.Registry);
        await first.With(manager).StartAsync();
        await first.IndexedAsync();
        await using var second = new RealmServerUnderTest(first.Registry, folders: first);
        await second.With(manager).StartAsync();
        await Eventually.TrueAsync(
            async () => (await second.IndexAsync()).TryGetProperty("reason", out var reason) && reason.GetString()!.Contains("holds the index lease", StringComparison.Ordinal),
            () => "the second replica to say that the first one indexes");

        await first.StopAsync();

        await second.IndexedAsync();
    }

    [Fact]
    public async Task Realm_FolderUnreadableForAWhile_ItsPagesStay()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        var before = (await server.IndexAsync()).GetProperty("startedAt").GetString();

        Directory.Move(Path.Combine(server.Realms.Path, "elements"), Path.Combine(server.Realms.Path, ".away"));
        await Eventually.TrueAsync(async () => (await server.IndexedAsync()).GetProperty("startedAt").GetString() != before, () => "a pass without the realm");

        Assert.NotNull(await server.StoredAsync("helium"));
    }

    [Fact]
    public async Task Realm_Full_TheCardIsListedWithTheSetting()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Settings.AddRange(["Pages:MaxRealmMb=16", "Index:Concurrency=1"]);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Rendered(request, shell, new string('x', 7 * 1024 * 1024)));
        await server.With(manager).StartAsync();

        var status = await server.IndexedAsync();

        Assert.Equal((3, 1), DoneAndFailed(status));
        Assert.Contains("Pages:MaxRealmMb", status.GetProperty("failures")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_WithDiagnostics_CanBeLookedInto()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(request.Url.EndsWith("helium", StringComparison.Ordinal)
            ? FakeManager.Ended(RenderOutcome.Failed, request, new(shell.Token, shell.Generation, true) { CurrentAtStart = true }, "The template threw.")
            : FakeManager.Rendered(request, shell));
        await server.With(manager).StartAsync();
        var failure = (await server.IndexedAsync()).GetProperty("failures")[0];

        var diagnostics = await server.GetAsync(failure.GetProperty("diagnosticsUrl").GetString()!, "application/json");

        Assert.Contains("The template threw.", await diagnostics.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("_index/diagnostics?url=x", "application/json")).StatusCode);
    }

    [Fact]
    public async Task Progress_AsEvents_SendsEachState()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();

        await using var stream = await server.Client.GetStreamAsync("_index/events", TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.Equal("event: index", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        var line = (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!;

        Assert.Equal("done", JsonElement.Parse(line["data: ".Length..]).GetProperty("state").GetString());
        var page = await server.GetAsync("_index");
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    private static (int Done, int Failed) DoneAndFailed(JsonElement status) => (status.GetProperty("done").GetInt32(), status.GetProperty("failed").GetInt32());
}
