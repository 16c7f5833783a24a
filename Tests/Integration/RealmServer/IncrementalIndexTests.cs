using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.RealmServer;

/// <summary>After a change the index renders what it affects, and nothing else.</summary>
public sealed class IncrementalIndexTests
{
    [Fact]
    public async Task Card_Changed_ItAndThePagesThatReadItAreRenderedOnceInOrderOfDepth()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        server.Realms.Write("elements/lithium.json", "{}");
        // The overview reads all cards, hydrogen and helium read each other, lithium reads none.
        manager.Reads(server, ("", ["hydrogen", "helium"]), ("hydrogen", ["helium"]), ("helium", ["hydrogen"]));
        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        manager.Requests.Clear();

        server.Realms.Write("elements/helium.json", """{ "title": "changed" }""");

        await Eventually.TrueAsync(() => manager.Requests.Count >= 3, () => $"three renders; seen {Rendered(manager, server)}");
        Assert.Equal((4, 0), DoneAndFailed(await server.IndexedAsync()));
        var rendered = manager.Requests.Select(request => request.Url[server.RealmUrl.Length..]).ToList();
        Assert.Equal("helium", rendered[0]);
        Assert.Equal(["", "hydrogen"], rendered.Skip(1).Order(StringComparer.Ordinal));
    }

    [Fact]
    public Task Restart_ReaderOfAChangedCardNotRendered_IsRenderedThen() =>
        ChangedWhileStoppedAsync("""{ "title": "changed" }""", at: null);

    [Fact]
    public async Task Pass_BrokenOffHalfWay_TheNextReplicaRendersTheRest()
    {
        await using var first = new RealmServerUnderTest();
        foreach (var card in Enumerable.Range(0, 20))
        {
            first.Realms.Write($"elements/card-{card}.json", "{}");
        }

        await using var manager = await FakeManager.StartAsync(first.Registry);
        first.Settings.Add("Index:Concurrency=4");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answered = 0;
        manager.AnswerAsync = async (request, shell) =>
        {
            if (Interlocked.Increment(ref answered) > 10)
            {
                await gate.Task;
            }

            return Results.Ok(FakeManager.Rendered(request, shell));
        };
        await first.With(manager).StartAsync();
        var realmUrl = first.RealmUrl;
        // Renders in progress have arrived too, so none of them arrives later and is counted for the next replica.
        await Eventually.TrueAsync(async () => await StoredAsync() == 10 && manager.Requests.Count == 14, () => $"half of the cards to be stored and 4 in progress; requested: {manager.Requests.Count}");
        var url = first.Url;
        await first.StopAsync();
        gate.SetResult();
        Volatile.Write(ref answered, int.MinValue);
        manager.Requests.Clear();

        await using var second = new RealmServerUnderTest(first.Registry, folders: first);
        await second.With(manager).StartAsync(url);
        await second.IndexedAsync();

        Assert.Equal(13, manager.Requests.Count);
        Assert.Equal(23, await StoredAsync());

        async Task<int> StoredAsync() => (await first.Registry.Pages.GetVersionsAsync(realmUrl, TestContext.Current.CancellationToken)).Count;
    }

    [Fact]
    public async Task Card_Deleted_ItsReadersAreRenderedAndItsPageIsRemoved()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        // The page is older than the card that it reads.
        server.Realms.Write("elements/index.json", "{}", DateTime.UnixEpoch.AddYears(30));
        var helium = Path.Combine(server.Realms.Path, "elements", "helium.json");
        manager.Answer = (request, shell) => Results.Ok(request.Url == server.RealmUrl
            ? FakeManager.Rendered(request, shell, File.Exists(helium) ? "with helium" : "without") with { Deps = [server.RealmUrl + "hydrogen", server.RealmUrl + "helium"] }
            : FakeManager.Rendered(request, shell));
        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        Assert.Equal("with helium", await BodyAsync(server, ""));
        manager.Requests.Clear();

        var deleted = await server.GetAsync("elements/helium", method: HttpMethod.Delete, with: WithKey);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await Eventually.TrueAsync(async () => await server.StoredAsync("helium") is null, () => "helium's page to be forgotten");
        Assert.Equal(server.RealmUrl, Assert.Single(manager.Requests).Url);
        Assert.Equal("without", await BodyAsync(server, ""));
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("elements/helium")).StatusCode);
    }

    [Fact]
    public Task Restart_CardsPutBackFromACopyMeanwhile_TheyAndTheirReadersAreRendered() =>
        ChangedWhileStoppedAsync("""{ "title": "as it was" }""", DateTime.UnixEpoch.AddYears(30));

    [Fact]
    public async Task Card_RenamedIntoPlaceWhileAReaderIsRendered_TheReaderFinallyShowsIt()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        var helium = server.Realms.Write("elements/helium.json", "{}", DateTime.UnixEpoch.AddYears(30));
        var isFirst = 1;
        manager.Answer = (request, shell) =>
        {
            var read = File.ReadAllText(helium);
            if (request.Url == server.RealmUrl && Interlocked.Exchange(ref isFirst, 0) == 1)
            {
                // As with rsync and tar: the file has the time of its original, long before the render.
                server.Realms.Write("elements/helium.json", """{ "title": "new" }""", DateTime.UnixEpoch.AddYears(31));
            }

            return Results.Ok(FakeManager.Rendered(request, shell, read) with { Deps = [server.RealmUrl + "helium"] });
        };
        await server.With(manager).StartAsync();

        await Eventually.TrueAsync(async () => await BodyAsync(server, "") == """{ "title": "new" }""", () => "the reader to be rendered with what was renamed into place");
    }

    [Fact]
    public async Task Realms_ChangedAddedRemoved_PagesThatReadThatAreRendered()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Rendered(request, shell) with
        {
            Deps = request.Url[server.RealmUrl.Length..] switch { "" => [server.Url + "_realms"], "hydrogen" => [server.RealmUrl + "_realm"], _ => [] },
        });
        await server.With(manager).StartAsync();
        await server.IndexedAsync();

        Assert.Equal(["", "hydrogen"], await AfterAsync(() => server.Realms.Write("elements/realm.json", """{ "name": "Elements", "theme": { "font": "serif" } }""")));
        Assert.Equal([""], await AfterAsync(() => server.Realms.Write("trees/realm.json", """{ "name": "Trees" }""")));
        Assert.Equal([""], await AfterAsync(() => Directory.Delete(Path.Combine(server.Realms.Path, "trees"), recursive: true)));

        async Task<IEnumerable<string>> AfterAsync(Action change)
        {
            manager.Requests.Clear();
            change();
            await Eventually.TrueAsync(() => manager.Requests.Any(request => request.Url == server.RealmUrl), () => $"the overview to be rendered; seen {Rendered(manager, server)}");
            await server.IndexedAsync();
            return manager.Requests.Select(request => request.Url[server.RealmUrl.Length..]).Order(StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task Page_StoredMeanwhileByAReplicaWhoseClockIsAhead_IsReplaced()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.AnswerAsync = async (request, shell) =>
        {
            if (request.Url == server.RealmUrl && await server.StoredAsync("") is null)
            {
                await server.StoreAsync("", "of older files");
                var page = (await server.StoredAsync(""))!;
                await server.Registry.Pages.TryStoreAsync(
                    page with { SourceVersion = DateTime.UtcNow.AddHours(1).Ticks, Generation = shell.Generation, Seen = new(1, "x") }, CancellationToken.None);
            }

            return Results.Ok(FakeManager.Rendered(request, shell, "of the index"));
        };
        await server.With(manager).StartAsync();

        await Eventually.TrueAsync(async () => await BodyAsync(server, "") == "of the index", () => "the index to check the page again and to replace it");
    }

    [Fact]
    public async Task FingerprintOf_DependencyWhoseVersionWasNotRead_IsUnknown()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var versions = server.Services.GetRequiredService<SourceVersions>();
        var source = Source("a") with { Url = server.RealmUrl + "hydrogen" };
        await server.StoreAsync("hydrogen", "x");
        var stored = (await server.StoredAsync("hydrogen"))! with { Deps = [server.RealmUrl + "helium?x=1", server.RealmUrl + "none"] };

        Assert.Null(RenderBasis.Of(source, stored: null, versions).FingerprintOf(source, [source.Url, server.RealmUrl + "helium"]).Deps);
        Assert.NotNull(RenderBasis.Of(source, stored, versions).FingerprintOf(source, [source.Url, server.RealmUrl + "helium", server.RealmUrl + "none"]).Deps);
        Assert.NotNull(RenderBasis.Of(source, stored: null, versions).FingerprintOf(source, [source.Url]).Deps);
    }

    [Fact]
    public async Task Card_PutBackFromACopyWithItsOldTime_IsRenderedAgain()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        manager.Requests.Clear();

        server.Realms.Write("elements/helium.json", """{ "title": "as it was" }""", DateTime.UnixEpoch.AddYears(30));

        await Eventually.TrueAsync(() => !manager.Requests.IsEmpty, () => "helium to be rendered again");
        await Eventually.TrueAsync(
            async () => (await server.StoredAsync("helium"))!.SourceVersion > DateTime.UnixEpoch.AddYears(50).Ticks, () => "a newer version of it to be stored");
    }

    /// <summary>A card changes while no realm server runs. The next one renders it and the page that reads it, and nothing else.</summary>
    private static async Task ChangedWhileStoppedAsync(string helium, DateTime? at)
    {
        await using var first = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(first.Registry);
        manager.Reads(first, ("", ["hydrogen", "helium"]));
        await first.With(manager).StartAsync();
        await first.IndexedAsync();
        var url = first.Url;
        await first.StopAsync();
        manager.Requests.Clear();
        first.Realms.Write("elements/helium.json", helium, at);

        await using var second = new RealmServerUnderTest(first.Registry, folders: first);
        await second.With(manager).StartAsync(url);
        await second.IndexedAsync();

        Assert.Equal(["", "helium"], manager.Requests.Select(request => request.Url[second.RealmUrl.Length..]).Order(StringComparer.Ordinal));
    }

    private static async Task<string> BodyAsync(RealmServerUnderTest server, string id) => (await server.StoredAsync(id))?.Formats[RenderFormat.Isolated] ?? "";

    private static PageSource Source(string id) => new("http://h/r/", "http://h/r/" + id, 1, new("r", "R", "index", "/r"), id);

    private static void WithKey(HttpRequestMessage request) => request.Headers.Authorization = new("Bearer", RealmServerUnderTest.AdminKey);

    private static (int Done, int Failed) DoneAndFailed(JsonElement status) => (status.GetProperty("done").GetInt32(), status.GetProperty("failed").GetInt32());

    private static string Rendered(FakeManager manager, RealmServerUnderTest server) =>
        string.Join(", ", manager.Requests.Select(request => request.Url[server.RealmUrl.Length..]));
}
