using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Soft;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering;

/// <summary>Soft navigations: only where they change nothing, and every answer equals that of a full load.</summary>
[Collection(HostilePageCollection.Name)]
public sealed class SoftNavigationTests(SoftServer server) : IClassFixture<SoftServer>
{
    private const string Router = "addEventListener('popstate', show); show();";

    private readonly SoftApp _app = new(server);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>How an app follows a change of the URL.</summary>
    public static TheoryData<string, string> Routers => new()
    {
        { "the history", Router },
        { "links", "root.addEventListener('click', (e) => { const a = e.target.closest('a'); if (!a) return; e.preventDefault(); setTimeout(() => { history.pushState({ known: 1 }, '', a.href); show(); }, 50); }); show();" },
        { "the history, and says when it is ready", "window.prerenderReady = false; addEventListener('popstate', async () => { await show(); prerenderReady = true; }); show().then(() => { prerenderReady = true; });" },
    };

    /// <summary>Faults of an app with its second URL but not its first, and the reason for the refusal.</summary>
    public static TheoryData<string, string> Cheats => new()
    {
        { "if (visits > 1) document.title = 'Item of before';", "<title>Item of before" },
        { "const s = document.createElement('script'); s.type = 'application/ld+json'; s.text = JSON.stringify({ id }); document.head.append(s);", "differs from that of a full load" },
        { "if (visits > 1) root.append('again');", "differs from that of a full load" },
        { "if (visits > 6) root.append('late');", "differs from that of a full load" },
        { "(window.kept ??= []).push(...Array.from({ length: 4000 }, () => document.createElement('p')));", "keeps growing" },
        { "if (visits > 1) console.error('cannot go on');", "error to the console: cannot go on" },
        { "if (visits > 1) setTimeout(() => { throw new Error('late fault'); });", "late fault" },
        { "if (visits > 1) await fetch('/missing');", "A request failed" },
        { "if (visits > 1) location.reload();", "loaded another document" },
        { "if (visits > 1) location.href = '/elsewhere';", "redirected to" },
        { "if (visits > 1) history.replaceState(null, '', '/elsewhere');", "changed the address" },
        { "localStorage.n = Number(localStorage.n ?? 0) + 1; if (visits > 1) root.append(sessionStorage.m ?? 'none'); sessionStorage.m = 1;", "differs from that of a full load" },
    };

    [Theory, MemberData(nameof(Routers))]
    public async Task Render_AppWithARouter_IsNavigatedSoftlyAfterEqualComparisons(string follows, string router)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"An app that follows {follows}.");
        _app.Deploy(App("", router));
        await _app.LearnAsync();
        var soft = await _app.RenderAsync(SoftPolicy.MaxVisits + 2);
        // The first item is loaded and its document kept; so is the item after the last one that the document may show.
        Assert.Equal(2, soft.Count(isSoft => !isSoft));
        var pool = await server.Client.GetFromJsonAsync<JsonElement>("pool", Token);
        Assert.True(pool.GetProperty("softNavigation").Deserialize<RouteLearningStatus>(FleetJson.Options) is { State: RouteLearningState.On, RoutesOn: > 0 }, "GET /pool says it");
        await Eventually.TrueAsync(async () => (await server.Registry.Servers.ListAsync(Token)).Single().SoftNavigation is { State: RouteLearningState.On, RoutesOn: > 0 }, () => "the server's record, which GET /fleet has, says it");
    }

    [Theory, MemberData(nameof(Cheats))]
    public async Task Render_AppThatDiffersAfterASoftNavigation_IsLoadedEachTime(string does, string reason)
    {
        _app.Deploy(App(does, Router));
        await _app.RefuseAsync();
        await _app.SaidAsync(reason);
    }

    [Fact]
    public async Task Render_AppWithoutARouter_IsLoadedEachTime()
    {
        _app.Deploy(App("", "show();"));
        await _app.RefuseAsync();
        await _app.SaidAsync("follows neither links nor the history");
    }

    /// <summary>Faults that first happen while the route is on: each answer is still right.</summary>
    [Theory]
    [InlineData("if (visits > 1 && id === 'odd') throw new Error('odd fault');", "odd fault")]
    [InlineData("if (visits > 1 && id === 'odd') location.href = '/elsewhere';", "redirected to")]
    [InlineData("if (visits > 1 && id === 'odd') { document.title = 'Fault'; root.innerHTML = ''; document.head.insertAdjacentHTML('beforeend', '<meta name=prerender-status-code content=500>'); }", "status 500")]
    public async Task Render_OneUrlCannotBeNavigatedSoftlyOnceTheRouteIsOn_IsLoadedAndTheRouteIsOff(string does, string reason)
    {
        _app.Deploy(App(does, Router));
        await _app.LearnAsync();
        Assert.Contains(true, await _app.RenderAsync(2));
        await _app.RefuseAsync("odd");
        await _app.SaidAsync(reason);
        Assert.DoesNotContain(true, await _app.RenderAsync(3));
    }

    /// <summary>Differences that the app's own state does not show: the server sends another response for the URL.</summary>
    [Fact]
    public async Task Render_ServerAnswersAUrlDifferently_IsLoadedAndTheRouteStaysOn()
    {
        var app = await LearnedAsync();
        server.Site.Routes[$"/{app.Folder}/gone"] = http => { http.Response.StatusCode = 404; return http.Response.WriteAsync("<h1>no such item</h1>", Token); };
        server.Site.Routes[$"/{app.Folder}/moved"] = http => { http.Response.Redirect($"/{app.Folder}/new"); return Task.CompletedTask; };
        await app.LoadAsync();
        var gone = await app.ResultAsync("gone");
        Assert.Equal((404, false), (gone.Status, gone.Page!.SoftNavigation));
        await app.LoadAsync();
        var moved = await app.ResultAsync("moved");
        Assert.Equal((302, server.Site[$"{app.Folder}/new"].AbsoluteUri), (moved.Status, moved.RedirectUrl));
        server.Site.Page($"/{app.Folder}/static", "<h1>a page of its own</h1>");
        await app.LoadAsync();
        Assert.Contains("<h1>a page of its own</h1>", (await app.ResultAsync("static")).Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.False(app.IsOff);

        // After a deploy the server sends another document, while the page keeps one of the previous build.
        await app.LoadAsync();
        app.Deploy(App("root.append('new build');", Router));
        Assert.DoesNotContain(true, await app.RenderAsync(2));
    }

    [Fact]
    public async Task Render_UrlThatItsDocumentHasShown_IsLoadedAgain()
    {
        var app = await LearnedAsync();
        await app.LoadAsync();
        Assert.True(await app.RenderAsync("again"));
        Assert.False(await app.RenderAsync("again"));
    }

    [Fact]
    public async Task Render_WithOptionsPrincipalOrUserOrToBeStored_IsLoaded()
    {
        var app = await LearnedAsync();
        var realm = $"realm:{server.Site.Url}";
        foreach (var (request, isStored) in ((RenderRequest, bool)[])
        [
            (new() { Url = "", Affinity = "user:one" }, false),
            (new() { Url = "", Affinity = $"{realm}#key" , Credentials = new() { Authorization = "Bearer x" } }, false),
            (new() { Url = "", Locale = "de" }, false),
            (new() { Url = "", WaitForSelector = "h1" }, false),
            (new() { Url = "", Headers = new Dictionary<string, string> { ["X-A"] = "b" } }, false),
            (new() { Url = "" }, true),
        ])
        {
            await app.LoadAsync();
            var result = await app.ResultAsync(app.Next(), request, isStored);
            Assert.Equal((RenderOutcome.Rendered, false), (result.Outcome, result.Page!.SoftNavigation));
        }
    }

    /// <summary>The page's storage is as on a first visit.</summary>
    [Fact]
    public async Task Render_AfterASoftNavigation_FindsNoDataOfEarlierVisits()
    {
        const string Stores = """
            const seen = [localStorage.length, sessionStorage.length, document.cookie, (await caches.keys()).length, (await indexedDB.databases()).length, window.name, history.length];
            localStorage[id] = sessionStorage[id] = 1; document.cookie = `${id}=1; path=/`; window.name = id; await caches.open(id);
            await new Promise((r) => { indexedDB.open(id).onsuccess = (e) => { e.target.result.close(); r(); }; });
            root.append(seen.join());
            """;
        _app.Deploy(App(Stores, Router));
        await _app.LearnAsync();
        var soft = await _app.RenderAsync(4);
        Assert.Equal(3, soft.Count(isSoft => isSoft));
        var other = await _app.ResultAsync(_app.Next(), new() { Url = "", Affinity = "user:other" });
        Assert.Contains("0,0,,0,0,,", other.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    /// <summary>An app that is navigated softly. Tests share it.</summary>
    private async Task<SoftApp> LearnedAsync()
    {
        var (app, html) = server.Learned ??= (_app, App("", Router));
        app.Deploy(html);
        await app.LearnAsync();
        return app;
    }

    private static string App(string does, string router) => $$"""
        <!doctype html><html><head><title>shop</title></head><body><div id="root"></div><script>
        // {{Guid.NewGuid()}}
        const root = document.getElementById('root');
        let visits = 0;
        async function show() {
          const id = location.pathname.split('/').pop();
          visits++;
          const text = await (await fetch('/api/' + id)).text();
          document.title = `Item ${id}`;
          root.innerHTML = `<h1>Item ${id}</h1><p>${text}</p>`;
          {{does}}
        }
        {{router}}
        </script></body></html>
        """;
}
