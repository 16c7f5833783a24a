using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Soft;
using Fleet.ServiceDefaults;
using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Rendering;

/// <summary>Soft navigations: only where nothing can tell the difference, and every answer is that of a full load.</summary>
[Collection(HostilePageCollection.Name)]
public sealed class SoftNavigationTests(SoftNavigationTests.Fixture server) : IClassFixture<SoftNavigationTests.Fixture>
{
    /// <summary>More renders than the learning takes.</summary>
    private const int Enough = ((SoftPolicy.Needed + 1) * SoftPolicy.RendersPerComparison) + 1;

    private const string Router = "addEventListener('popstate', show); show();";

    /// <summary>First segment of the test's URLs, and so of its route.</summary>
    private readonly string _folder = Guid.NewGuid().ToString("N");

    /// <summary>The item whose full load says what each other item's is.</summary>
    private const string First = "item-first";

    private RenderResult? _first;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>How an app follows an address.</summary>
    public static TheoryData<string, string> Routers => new()
    {
        { "the history", Router },
        { "links", "root.addEventListener('click', (e) => { const a = e.target.closest('a'); if (!a) return; e.preventDefault(); setTimeout(() => { history.pushState({ known: 1 }, '', a.href); show(); }, 50); }); show();" },
        { "the history, and says when it is ready", "window.prerenderReady = false; addEventListener('popstate', async () => { await show(); prerenderReady = true; }); show().then(() => { prerenderReady = true; });" },
    };

    /// <summary>What an app does with its second URL and not with its first, and why it is refused.</summary>
    public static TheoryData<string, string> Cheats => new()
    {
        { "if (visits > 1) document.title = 'Item of before';", "<title>Item of before" },
        { "document.head.append(Object.assign(document.createElement('link'), { rel: 'canonical', href: location.href }));", "differs from that of a full load" },
        { "const s = document.createElement('script'); s.type = 'application/ld+json'; s.text = JSON.stringify({ id }); document.head.append(s);", "differs from that of a full load" },
        { "document.head.insertAdjacentHTML('beforeend', `<meta name=description content='Item ${id}'>`);", "differs from that of a full load" },
        { "if (visits > 1) root.append('again');", "differs from that of a full load" },
        { "if (visits > 6) root.append('late');", "differs from that of a full load" },
        { "document.body.dataset.visits = visits;", "differs from that of a full load" },
        { "(window.kept ??= []).push(...Array.from({ length: 4000 }, () => document.createElement('p')));", "keeps growing" },
        { "if (visits > 1) console.error('cannot go on');", "error to the console: cannot go on" },
        { "if (visits > 1) setTimeout(() => { throw new Error('late fault'); });", "late fault" },
        { "if (visits > 1) await fetch('/missing');", "A request failed" },
        { "if (visits > 1) location.reload();", "loaded another document" },
        { "if (visits > 1) location.href = '/elsewhere';", "redirected to" },
        { "if (visits > 1) history.replaceState(null, '', '/elsewhere');", "changed the address" },
        { "if (visits > 1) setInterval(() => root.append('more'), 10);", "did not settle" },
        { "localStorage.n = Number(localStorage.n ?? 0) + 1; if (visits > 1) root.append(sessionStorage.m ?? 'none'); sessionStorage.m = 1;", "differs from that of a full load" },
        { "if (visits > 1) document.querySelector('h1').remove();", "differs from that of a full load" },
    };

    [Theory, MemberData(nameof(Routers))]
    public async Task Render_AppWithARouter_IsNavigatedSoftlyAfterEqualComparisons(string follows, string router)
    {
        Deploy("", router);
        await LearnAsync();
        var soft = await RenderAsync(2 * (SoftPolicy.MaxVisits + 1));
        // The first is loaded and kept, and so is each one after the last that its document may show.
        Assert.Equal(2, soft.Count(isSoft => !isSoft));
        var pool = await server.Client.GetFromJsonAsync<JsonElement>("pool", Token);
        Assert.True(pool.GetProperty("softNavigation").Deserialize<RouteLearningStatus>(FleetJson.Options) is { State: RouteLearningState.On, RoutesOn: > 0 }, "GET /pool says it");
        await Eventually.TrueAsync(async () => (await server.Registry.Servers.ListAsync(Token)).Single().SoftNavigation is { State: RouteLearningState.On, RoutesOn: > 0 }, () => "the server's record, which GET /fleet has, says it");
    }

    [Theory, MemberData(nameof(Cheats))]
    public async Task Render_AppThatDiffersAfterASoftNavigation_IsLoadedEachTime(string does, string reason)
    {
        Deploy(does, Router);
        Assert.DoesNotContain(true, await RenderAsync(2 * SoftPolicy.RendersPerComparison));
        await SaidAsync(reason);
    }

    [Fact]
    public async Task Render_AppWithoutARouter_IsLoadedEachTime()
    {
        Deploy("", "show();");
        Assert.DoesNotContain(true, await RenderAsync(2 * SoftPolicy.RendersPerComparison));
        await SaidAsync("follows neither links nor the history");
    }

    /// <summary>What happens for the first time when the route is on: each answer is right all the same.</summary>
    [Theory]
    [InlineData("if (visits > 1 && id === 'odd') throw new Error('odd fault');", "odd fault")]
    [InlineData("if (visits > 1 && id === 'odd') location.reload();", "loaded another document")]
    [InlineData("if (visits > 1 && id === 'odd') location.href = '/elsewhere';", "redirected to")]
    [InlineData("if (visits > 1 && id === 'odd') setInterval(() => root.append('more'), 10);", "did not settle")]
    [InlineData("if (visits > 1 && id === 'odd') { document.title = 'Fault'; root.innerHTML = ''; document.head.insertAdjacentHTML('beforeend', '<meta name=prerender-status-code content=500>'); }", "status 500")]
    public async Task Render_OneUrlCannotBeNavigatedSoftlyOnceTheRouteIsOn_IsLoadedAndTheRouteIsOff(string does, string reason)
    {
        Deploy(does, Router);
        await LearnAsync();
        Assert.Contains(true, await RenderAsync(2));
        Assert.False(await RenderAsync("odd"));
        await SaidAsync(reason);
        Assert.DoesNotContain(true, await RenderAsync(3));
    }

    /// <summary>What its own state could not tell the app: the server answers the URL with something else.</summary>
    [Fact]
    public async Task Render_ServerAnswersAUrlDifferently_IsLoadedAndTheRouteStaysOn()
    {
        Deploy("", Router);
        await LearnAsync();
        Assert.Contains(true, await RenderAsync(2));
        server.App.Routes[$"/{_folder}/gone"] = http => { http.Response.StatusCode = 404; return http.Response.WriteAsync("<h1>no such item</h1>", Token); };
        server.App.Routes[$"/{_folder}/moved"] = http => { http.Response.Redirect($"/{_folder}/new"); return Task.CompletedTask; };
        var gone = await ResultAsync("gone", null);
        Assert.Equal((404, false), (gone.Status, gone.Page!.SoftNavigation));
        await RenderAsync(2);
        var moved = await ResultAsync("moved", null);
        Assert.Equal((302, server.App[$"{_folder}/new"].AbsoluteUri), (moved.Status, moved.RedirectUrl));
        Assert.DoesNotContain(server.Log.Lines, IsOff);

        // A deploy is another document.
        Deploy("root.append('new build');", Router);
        Assert.DoesNotContain(true, await RenderAsync(3));
    }

    [Fact]
    public async Task Render_UrlThatItsDocumentHasShown_IsLoadedAgain()
    {
        Deploy("", Router);
        await LearnAsync();
        await RenderAsync(1);
        Assert.True(await RenderAsync("again"));
        Assert.False(await RenderAsync("again"));
    }

    [Fact]
    public async Task Render_WithOptionsPrincipalOrUser_IsLoaded()
    {
        Deploy("", Router);
        await LearnAsync();
        var realm = $"realm:{server.App.Url}";
        foreach (var request in (RenderRequest[])
        [
            new() { Url = "", Affinity = "user:one" },
            new() { Url = "", Affinity = $"{realm}#key" , Credentials = new() { Authorization = "Bearer x" } },
            new() { Url = "", Locale = "de" },
            new() { Url = "", WaitForSelector = "h1" },
            new() { Url = "", Headers = new Dictionary<string, string> { ["X-A"] = "b" } },
        ])
        {
            Assert.Contains(true, await RenderAsync(2));
            var result = await ResultAsync(Next(), request);
            Assert.Equal((RenderOutcome.Rendered, false), (result.Outcome, result.Page!.SoftNavigation));
        }
    }

    /// <summary>What a page stores is as on a first visit.</summary>
    [Fact]
    public async Task Render_AfterASoftNavigation_FindsNoDataOfEarlierVisits()
    {
        const string Stores = """
            const seen = [localStorage.length, sessionStorage.length, document.cookie, (await caches.keys()).length, (await indexedDB.databases()).length, window.name, history.length];
            localStorage[id] = sessionStorage[id] = 1; document.cookie = `${id}=1; path=/`; window.name = id; await caches.open(id);
            await new Promise((r) => { indexedDB.open(id).onsuccess = (e) => { e.target.result.close(); r(); }; });
            root.append(seen.join());
            """;
        Deploy(Stores, Router);
        await LearnAsync();
        var soft = await RenderAsync(4);
        Assert.Equal(3, soft.Count(isSoft => isSoft));
        var other = await ResultAsync(Next(), new() { Url = "", Affinity = "user:other" });
        Assert.Contains("0,0,,0,0,,", other.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    private int _number;

    private string Next() => $"item-{++_number}";

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

    private void Deploy(string does, string router)
    {
        var html = App(does, router);
        _first = null;
        server.App.Routes.Clear();
        server.App.App = http =>
        {
            var path = http.Request.Path.Value!;
            if (server.App.Routes.TryGetValue(path, out var route))
            {
                return route(http);
            }

            http.Response.StatusCode = path == "/missing" ? 404 : 200;
            http.Response.ContentType = path.StartsWith("/api/", StringComparison.Ordinal) ? "text/plain" : "text/html; charset=utf-8";
            return http.Response.WriteAsync(path.StartsWith("/api/", StringComparison.Ordinal) ? $"text of {path}" : html);
        };
    }

    /// <summary>Renders items, each another one; each answer must be that of a full load. Returns which were soft navigations.</summary>
    private async Task<List<bool>> RenderAsync(int times)
    {
        var soft = new List<bool>();
        for (var i = 0; i < times; i++)
        {
            soft.Add(await RenderAsync(Next()));
        }

        return soft;
    }

    private async Task<bool> RenderAsync(string item)
    {
        _first ??= await ResultAsync(First, new() { Url = "", Affinity = "user:full" });
        var result = await ResultAsync(item, null);
        Assert.Equal((RenderOutcome.Rendered, 200), (result.Outcome, result.Status));
        Assert.Equal(_first.Formats[RenderFormat.Html].Replace(First, item, StringComparison.Ordinal), result.Formats[RenderFormat.Html]);
        Assert.Subset(result.Deps.ToHashSet(), _first.Deps.Select(url => url.Replace(First, item, StringComparison.Ordinal)).ToHashSet());
        return result.Page!.SoftNavigation;
    }

    private async Task<RenderResult> ResultAsync(string item, RenderRequest? request)
    {
        using var response = await server.Client.PostAsJsonAsync("renders", (request ?? new() { Url = "" }) with { Url = server.App[$"{_folder}/{item}"].AbsoluteUri }, FleetJson.Options, Token);
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, body);
        // A comparison may follow.
        await Eventually.Async(() => !server.Pool.Snapshot.Slots.Any(slot => slot.State == SlotState.Leased), "no page is used");
        return JsonSerializer.Deserialize<RenderResult>(body, FleetJson.Options)!;
    }

    /// <summary>Renders until the route is navigated softly.</summary>
    private async Task LearnAsync()
    {
        for (var i = 0; i < Enough && !server.Log.Lines.Any(IsOn); i++)
        {
            Assert.False(await RenderAsync(Next()));
        }

        await SaidAsync("are soft navigations from now on: 5 comparisons were equal");
    }

    private bool IsOn(string line) => line.Contains($"/{_folder}/* html are soft navigations", StringComparison.Ordinal);

    private bool IsOff(string line) => line.Contains($"/{_folder}/* html are full loads", StringComparison.Ordinal);

    /// <summary>Waits until the server has logged something of the route.</summary>
    private Task SaidAsync(string text) => Eventually.Async(() => server.Log.Lines.Any(line => line.Contains($"/{_folder}/* html ", StringComparison.Ordinal) && line.Contains(text, StringComparison.Ordinal)),
        $"the server logs of the route: {text}", () => string.Join('\n', server.Log.Lines.Where(line => line.Contains(_folder, StringComparison.Ordinal)).TakeLast(5)));

    /// <summary>A prerender server beside an app that each test replaces.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private WebApplication _app = null!;
        private TestSite _site = null!;

        internal InMemoryRegistry Registry { get; } = new(TimeProvider.System, NullLoggerFactory.Instance);

        internal LogRecorder Log { get; } = new();

        internal TestSite App { get; private set; } = null!;

        internal HttpClient Client { get; private set; } = null!;

        internal IPagePool Pool => _app.Services.GetRequiredService<IPagePool>();

        public async ValueTask InitializeAsync()
        {
            (_site, App) = (await TestSite.StartAsync(), await TestSite.StartAsync());
            await Registry.HostShells.ClaimAsync(new("token-a", "test", DateTimeOffset.UnixEpoch), CancellationToken.None);
            _app = ServerFixture.Start(Registry, _site, Log, Registry.Commands, "--Fleet:AllowedOrigins:0=" + OriginAllowList.OriginOf(App.Url),
                "--Rendering:SoftNavigation=Auto", "--Rendering:SoftNavigationMaxAge=00:10:00", "--Rendering:SettleTimeout=00:00:03", "--Rendering:QuietNetwork=00:00:00.1", "--Rendering:QuietDocument=00:00:00.05");
            await _app.StartAsync(CancellationToken.None);
            Client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
            await ServerFixture.HealthyAsync(Client);
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await _app.StopAsync();
            await _app.DisposeAsync();
            await App.DisposeAsync();
            await _site.DisposeAsync();
        }
    }
}
