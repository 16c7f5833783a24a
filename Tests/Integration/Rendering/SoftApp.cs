using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.PrerenderServer.Rendering.Soft;
using Fleet.ServiceDefaults;
using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Rendering;

/// <summary>An app with one kind of page, at <c>/folder/item</c>, whose documents differ only in the item's name.</summary>
internal sealed class SoftApp(SoftServer server)
{
    /// <summary>Renders after which the route is on, even if some comparisons fail since the machine is slow.</summary>
    private const int Enough = 40;

    /// <summary>The item whose full load is the template for the expected full load of every other item.</summary>
    private const string First = "item-first";

    private RenderResult? _first;
    private int _number;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>First segment of the app's URLs, and so of its route.</summary>
    public string Folder { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Serves the app: its document at every address that is no file.</summary>
    /// <param name="html">The document.</param>
    /// <param name="fileOf">Type and content of the file at a path; null for none. An answer of the API is one, at <c>/api/item</c>.</param>
    public void Deploy(string html, Func<string, (string Type, string Text)?>? fileOf = null)
    {
        _first = null;
        server.Site.Routes.Clear();
        server.Site.App = http =>
        {
            var path = http.Request.Path.Value!;
            if (server.Site.Routes.TryGetValue(path, out var route))
            {
                return route(http);
            }

            var (type, text) = fileOf?.Invoke(path) ?? (path.StartsWith("/api/", StringComparison.Ordinal) ? ("text/plain", $"text of {path}") : ("text/html; charset=utf-8", html));
            http.Response.StatusCode = path == "/missing" ? 404 : 200;
            http.Response.ContentType = type;
            return http.Response.WriteAsync(text, Token);
        };
    }

    /// <summary>The name of an item that was not rendered before.</summary>
    public string Next() => $"item-{++_number}";

    /// <summary>Renders different items; each answer must be that of a full load. Returns which were soft navigations.</summary>
    public async Task<List<bool>> RenderAsync(int times)
    {
        var soft = new List<bool>();
        for (var i = 0; i < times; i++)
        {
            soft.Add(await RenderAsync(Next()));
        }

        return soft;
    }

    /// <summary>Renders an item; its answer must be that of a full load. Returns whether it was a soft navigation.</summary>
    public async Task<bool> RenderAsync(string item)
    {
        _first ??= await ResultAsync(First, new() { Url = "", Affinity = "user:full" });
        var result = await ResultAsync(item, null);
        Assert.Equal((RenderOutcome.Rendered, 200), (result.Outcome, result.Status));
        Assert.Equal(_first.Formats[RenderFormat.Html].Replace(First, item, StringComparison.Ordinal), result.Formats[RenderFormat.Html]);
        Assert.Subset(result.Deps.ToHashSet(), _first.Deps.Select(url => url.Replace(First, item, StringComparison.Ordinal)).ToHashSet());
        return result.Page!.SoftNavigation;
    }

    /// <summary>Renders items until one was loaded, whose document the page keeps.</summary>
    public async Task LoadAsync()
    {
        while (await RenderAsync(Next()))
        {
        }
    }

    /// <summary>Renders items until the route is always loaded.</summary>
    public async Task RefuseAsync()
    {
        for (var i = 0; i < Enough && !IsOff; i++)
        {
            Assert.False(await RenderAsync(Next()));
        }
    }

    /// <summary>Renders an item that is never shown softly, until that ends the soft navigations of the route. On a slow machine the page may not keep a document for the attempt.</summary>
    public async Task RefuseAsync(string item)
    {
        for (var i = 0; i < Enough && !IsOff; i++)
        {
            await RenderAsync(Next());
            Assert.False(await RenderAsync(item));
        }
    }

    /// <summary>Renders an item with the options of a request.</summary>
    public async Task<RenderResult> ResultAsync(string item, RenderRequest? request = null, bool isStored = false)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "renders")
        {
            Content = JsonContent.Create((request ?? new() { Url = "" }) with { Url = server.Site[$"{Folder}/{item}"].AbsoluteUri }, options: FleetJson.Options),
        };
        message.Headers.CacheControl = isStored ? new() { NoCache = true } : null;
        using var response = await server.Client.SendAsync(message, Token);
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, body);
        // A comparison may follow.
        await Eventually.Async(() => !server.Pool.Snapshot.Slots.Any(slot => slot.State == SlotState.Leased), "no page is used", deadline: TimeSpan.FromSeconds(90));
        return JsonSerializer.Deserialize<RenderResult>(body, FleetJson.Options)!;
    }

    /// <summary>Renders until the route is navigated softly.</summary>
    public async Task LearnAsync()
    {
        for (var i = 0; i < Enough && !server.Log.Lines.Any(IsOn); i++)
        {
            Assert.False(await RenderAsync(Next()));
        }

        await SaidAsync("are soft navigations from now on: 2 comparisons were equal");
    }

    private bool IsOn(string line) => line.Contains($"/{Folder}/* html are soft navigations", StringComparison.Ordinal);

    /// <summary>Whether the route is always loaded.</summary>
    public bool IsOff => server.Log.Lines.Any(line => line.Contains($"/{Folder}/* html are full loads", StringComparison.Ordinal));

    /// <summary>Waits until the server has logged a text about the route.</summary>
    public Task SaidAsync(string text) => Eventually.Async(() => server.Log.Lines.Any(line => line.Contains($"/{Folder}/* html ", StringComparison.Ordinal) && line.Contains(text, StringComparison.Ordinal)),
        $"the server logs of the route: {text}", () => string.Join('\n', server.Log.Lines.Where(line => line.Contains(Folder, StringComparison.Ordinal)).TakeLast(5)));
}

/// <summary>A prerender server that navigates softly, and learns fast, beside an app that each test replaces.</summary>
public sealed class SoftServer : IAsyncLifetime
{
    internal static readonly LearningRules Rules = SoftPolicy.Rules with { Needed = 2, RendersPerComparison = 1 };

    private WebApplication _app = null!;
    private TestSite _host = null!;

    internal InMemoryRegistry Registry { get; } = new(TimeProvider.System, NullLoggerFactory.Instance);

    internal LogRecorder Log { get; } = new();

    internal TestSite Site { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    /// <summary>An app that is navigated softly, for all tests that need one; null until the first of them.</summary>
    internal (SoftApp App, string Html)? Learned { get; set; }

    internal IPagePool Pool => _app.Services.GetRequiredService<IPagePool>();

    public async ValueTask InitializeAsync()
    {
        (_host, Site) = (await TestSite.StartAsync(), await TestSite.StartAsync());
        await Registry.HostShells.ClaimAsync(new("token-a", "test", DateTimeOffset.UnixEpoch), CancellationToken.None);
        _app = ServerFixture.Start(Registry, _host, Log, Registry.Commands, static services => services.AddSingleton(Rules), "--Fleet:AllowedOrigins:0=" + OriginAllowList.OriginOf(Site.Url),
            "--Rendering:SoftNavigation=Auto", "--Rendering:SoftNavigationMaxAge=00:10:00", "--Rendering:SettleTimeout=00:00:20", "--Rendering:QuietNetwork=00:00:00.1", "--Rendering:QuietDocument=00:00:00.05");
        await _app.StartAsync(CancellationToken.None);
        Client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        await ServerFixture.HealthyAsync(Client);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Site.DisposeAsync();
        await _host.DisposeAsync();
    }
}
