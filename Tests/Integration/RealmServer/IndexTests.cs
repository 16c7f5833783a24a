using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Tests.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.RealmServer;

public sealed partial class IndexTests
{
    [Fact]
    public async Task Start_NothingStored_EveryCardIsRenderedOnceAndServed()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();

        var status = await server.IndexedAsync();

        Assert.Equal((3, 3, 0, 0), Counts(status));
        Assert.Equal(
            new[] { "", "helium", "hydrogen" }.Select(id => server.RealmUrl + id), manager.Requests.Select(r => r.Url).Order(StringComparer.Ordinal));
        Assert.All(manager.Requests, r => Assert.Equal(("realm:" + server.RealmUrl, 0), (r.Affinity, r.Priority)));
        Assert.Contains("<h1>rendered</h1>", await (await server.GetAsync("elements/hydrogen")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("<h1>rendered</h1>", await (await server.GetAsync("elements/")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_EverythingStored_RendersNothing()
    {
        await using var first = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(first.Registry);
        await first.With(manager).StartAsync();
        await first.IndexedAsync();
        var url = first.Url;
        await first.StopAsync();
        var renders = manager.Requests.Count;

        await using var second = new RealmServerUnderTest(first.Registry, folders: first);
        await second.With(manager).StartAsync(url);
        var status = await second.IndexedAsync();

        Assert.Equal((3, 3, 0, 3), Counts(status));
        Assert.Equal(renders, manager.Requests.Count);
    }

    [Fact]
    public async Task Card_Changed_OnlyItIsRenderedAgain()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        manager.Requests.Clear();

        server.Realms.Write("elements/helium.json", """{ "title": "helium" }""");

        await Eventually.TrueAsync(() => !manager.Requests.IsEmpty, () => "the changed card to be rendered");
        Assert.Equal((3, 3, 0, 2), Counts(await server.IndexedAsync()));
        Assert.Equal(server.RealmUrl + "helium", Assert.Single(manager.Requests).Url);
    }

    [Fact]
    public async Task Realm_RenamedWhileACardFails_IsIndexedOn()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(request.Url.EndsWith("helium", StringComparison.Ordinal)
            ? FakeManager.Ended(RenderOutcome.Failed, request, new(shell.Token, shell.Generation, true) { CurrentAtStart = true }, "Helium's own fault.")
            : FakeManager.Rendered(request, shell));
        await server.With(manager).StartAsync();
        Assert.Equal((3, 3, 1, 0), Counts(await server.IndexedAsync()));

        server.Realms.Write("elements/realm.json", """{ "name": "All elements" }""");
        server.Realms.Write("elements/hydrogen.json", """{ "title": "hydrogen" }""");

        await Eventually.TrueAsync(async () => Counts(await server.IndexedAsync()) == (3, 3, 1, 1), () => "all but the changed card to be skipped, and the failed one listed");
    }

    [Fact]
    public async Task Scan_FailsUnexpectedly_IndexContinuesOnceItSucceeds()
    {
        var clock = new FailingClock();
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync(services: services => services.AddSingleton<TimeProvider>(clock));
        await server.IndexedAsync();
        manager.Requests.Clear();

        // A scan of the folders reads the clock.
        clock.Fails = true;
        server.Realms.Write("elements/helium.json", """{ "title": "helium" }""");
        await Eventually.TrueAsync(
            async () => (await server.IndexAsync()).GetProperty("state").GetString() == "waiting", () => "the index to wait");
        clock.Fails = false;

        await Eventually.TrueAsync(() => !manager.Requests.IsEmpty, () => "the changed card to be rendered");
        Assert.Equal(server.RealmUrl + "helium", Assert.Single(manager.Requests).Url);
        await server.IndexedAsync();
    }

    [Fact]
    public async Task Shell_Changed_EveryCardIsRenderedAgain()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        var before = (await server.StoredAsync("hydrogen"))!;

        server.Dist.Write("index.html", RealmServerUnderTest.Shell.Replace("<body>", "<body class=new>", StringComparison.Ordinal));

        await Eventually.TrueAsync(
            async () => (await server.StoredAsync("hydrogen"))!.Generation > before.Generation, () => "hydrogen to be stored on a newer generation");
        Assert.NotEqual(before.ShellToken, (await server.StoredAsync("hydrogen"))!.ShellToken);
        var html = await (await server.GetAsync("elements/hydrogen")).Content.ReadAsStringAsync();
        Assert.Contains("<body class=new>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Card_FailsOnTheCurrentShell_IsListedAndItsLastGoodPageStays()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();
        await server.IndexedAsync();
        manager.Answer = (request, shell) => Results.Ok(request.Url.EndsWith("helium", StringComparison.Ordinal)
            ? FakeManager.Ended(RenderOutcome.Failed, request, new(shell.Token, shell.Generation, true) { CurrentAtStart = true }, "The template threw.")
            : FakeManager.Rendered(request, shell));
        manager.Requests.Clear();

        server.Realms.Write("elements/helium.json", """{ "title": "helium" }""");
        await Eventually.TrueAsync(() => !manager.Requests.IsEmpty, () => "the changed card to be rendered");
        var status = await server.IndexedAsync();

        Assert.Equal((3, 3, 1, 2), Counts(status));
        var failure = Assert.Single(status.GetProperty("failures").EnumerateArray());
        Assert.Equal(server.RealmUrl + "helium", failure.GetProperty("url").GetString());
        Assert.Equal("The template threw.", failure.GetProperty("reason").GetString());
        Assert.Contains("<h1>rendered</h1>", await (await server.GetAsync("elements/helium")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(manager.Requests);
    }

    [Fact]
    public async Task Card_FailsOnAnOlderShell_IsCountedAsWithheld_AndAGoodPageOfOneAsRenderedAgain()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) =>
        {
            var isFirst = manager.Requests.Count(r => r.Url == request.Url) == 1;
            var older = new ShellStamp("older", shell.Generation - 1, false) { CurrentAtStart = true };
            return Results.Ok((isFirst, request.Url[(request.Url.LastIndexOf('/') + 1)..]) switch
            {
                (true, "helium") => FakeManager.Ended(RenderOutcome.Failed, request, older, "The old app cannot show this."),
                (true, "hydrogen") => FakeManager.Rendered(request, shell) with { Shell = older },
                _ => FakeManager.Rendered(request, shell),
            });
        };
        await using var telemetry = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = telemetry.GetRequiredService<IMeterFactory>();
        using var measured = new Measurements(meters);
        await server.With(manager).StartAsync(services: services => services.AddSingleton(meters));

        await Eventually.TrueAsync(
            async () => (await server.StoredAsync("helium"))?.ShellToken is { } helium && (await server.StoredAsync("hydrogen"))?.ShellToken == helium,
            () => "both cards to be stored on the current shell");

        Assert.Equal([1], measured.Of("fleet.shell.stale.withheld"));
        Assert.Equal([1], measured.Of("fleet.shell.stale.rerendered"));
    }

    [Theory]
    [InlineData(RenderOutcome.NoVerdict, true)]
    [InlineData(RenderOutcome.Failed, false)]
    [InlineData(RenderOutcome.TimedOut, false)]
    public async Task Card_ResultThatIsNoVerdictOnIt_IsRenderedAgainAndNotStored(RenderOutcome outcome, bool current)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        var bad = true;
        manager.Answer = (request, shell) => Results.Ok(Volatile.Read(ref bad) && request.Url.EndsWith("helium", StringComparison.Ordinal)
            ? FakeManager.Ended(outcome, request, new(current ? shell.Token : "older", current ? shell.Generation : null, current) { CurrentAtStart = current }, "Not the content's fault.")
            : FakeManager.Rendered(request, shell));
        await server.With(manager).StartAsync();
        var status = await server.IndexedAsync();

        // The next pass may have begun.
        Assert.Equal((3, 3, 1, 0), Counts(status) with { Skipped = 0 });
        Assert.Null(await server.StoredAsync("helium"));

        Volatile.Write(ref bad, false);
        await Eventually.TrueAsync(async () => await server.StoredAsync("helium") is not null, () => "helium to be stored by a later pass");
        Assert.Equal((3, 3, 0, 2), Counts(await server.IndexedAsync()));
    }

    [Fact]
    public async Task Card_RenderedOnAnOlderShell_IsStoredAndSoonReplaced()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        var stale = true;
        manager.Answer = (request, shell) => Results.Ok(Volatile.Read(ref stale)
            ? FakeManager.Rendered(request, shell, "stale") with { Shell = new("older", null, Current: false) }
            : FakeManager.Rendered(request, shell, "fresh"));
        await server.With(manager).StartAsync();

        await Eventually.TrueAsync(async () => await BodyAsync() == "stale", () => "the stale page to be stored, since there is nothing newer");
        Volatile.Write(ref stale, false);
        await Eventually.TrueAsync(async () => await BodyAsync() == "fresh", () => "the fresh page to replace it");
        await Eventually.TrueAsync(async () => Counts(await server.IndexedAsync()).Failed == 0, () => "the other cards to be fresh as well");
        Volatile.Write(ref stale, true);
        Assert.Equal((3, 3, 0, 3), Counts(await AgainAsync(server)));
        Assert.Equal("fresh", await BodyAsync());

        async Task<string?> BodyAsync() => (await server.StoredAsync("hydrogen"))?.Formats[RenderFormat.Isolated];
    }

    [Fact]
    public async Task Card_NotJson_IsListedWithoutARender()
    {
        await using var server = new RealmServerUnderTest();
        server.Realms.Write("elements/broken.json", "{ \"title\": ");
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();

        var status = await server.IndexedAsync();

        Assert.Equal((4, 4, 1, 0), Counts(status));
        Assert.Contains("cannot be read", Assert.Single(status.GetProperty("failures").EnumerateArray()).GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(manager.Requests, r => r.Url.EndsWith("broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Card_FileNameThatIsNoId_IsAProblem()
    {
        await using var server = new RealmServerUnderTest();
        server.Realms.Write("elements/a b.json", "{}");
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();

        Assert.Single((await server.IndexedAsync()).GetProperty("problems").EnumerateArray());
    }

    [Fact]
    public async Task Request_WithoutTheKey_IsRefused()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("_index", method: HttpMethod.Post)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("_post-deployment", method: HttpMethod.Post)).StatusCode);
    }

    private static async Task<JsonElement> AgainAsync(RealmServerUnderTest server)
    {
        var before = (await server.IndexedAsync()).GetProperty("startedAt").GetString();
        await server.GetAsync("_index", method: HttpMethod.Post, with: r => r.Headers.Authorization = new("Bearer", RealmServerUnderTest.AdminKey));
        await Eventually.TrueAsync(
            async () => (await server.IndexedAsync()).GetProperty("startedAt").GetString() != before, () => "another pass to begin");
        return await server.IndexedAsync();
    }

    private static (int Done, int Total, int Failed, int Skipped) Counts(JsonElement status) =>
        (Count(status, "done"), Count(status, "total"), Count(status, "failed"), Count(status, "skipped"));

    private static int Count(JsonElement status, string name) => status.GetProperty(name).GetInt32();
}
