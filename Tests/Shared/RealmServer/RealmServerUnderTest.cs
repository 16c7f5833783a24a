using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.RealmServer;
using Fleet.Registry;
using Fleet.Registry.Pages;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.RealmServer;

/// <summary>The real server on a free port, with a host app and realms of its own and the registry in memory.</summary>
internal sealed class RealmServerUnderTest : IAsyncDisposable
{
    public const string AdminKey = "a-key-for-tests-of-the-realm-server";

    public const string Shell =
        "<!doctype html><html><head><meta charset=utf-8><!--fleet:head--></head><body><div id=\"app\"><!--fleet:body--></div></body></html>";

    /// <summary>The setting that verifies crawlers of this machine by their address.</summary>
    public const string CrawlersAreVerified = "Pages:CrawlerNetworks:0=127.0.0.0/8";

    private readonly bool _ownsFolders;
    private WebApplication? _app;

    public RealmServerUnderTest(InMemoryRegistry? registry = null, RealmServerUnderTest? folders = null)
    {
        Registry = registry ?? new(TimeProvider.System, NullLoggerFactory.Instance);
        _ownsFolders = folders is null;
        Dist = folders?.Dist ?? new();
        Realms = folders?.Realms ?? new();
        if (_ownsFolders)
        {
            Dist.Write("index.html", Shell);
            Dist.Write("assets/index-BRBmoGS9.js", "export default 1;");
            Dist.Write("assets/app.css", "body { margin: 0 }");
            Realms.Write("elements/realm.json", """{ "name": "Elements", "theme": { "font": "sans" } }""");
            Realms.Write("elements/index.json", """{ "title": "All" }""");
            Realms.Write("elements/hydrogen.json", """{ "title": "Hydrogen" }""");
            Realms.Write("elements/helium.json", """{ "title": "Helium" }""");
        }
    }

    public InMemoryRegistry Registry { get; }

    public TempFolder Dist { get; }

    public TempFolder Realms { get; }

    /// <summary>Whole settings, <c>Section:Key=value</c>.</summary>
    public List<string> Settings { get; } = ["Host:WatchInterval=00:00:00.050", "Index:RescanInterval=00:00:01", "Index:RetryInterval=00:00:01", "Index:Enabled=false", "Pages:CrawlerBudget=00:01:00", CrawlersAreVerified];

    public HttpClient Client { get; } = new(new HttpClientHandler { AllowAutoRedirect = false });

    public IServiceProvider Services => _app!.Services;

    public string Url => _app!.Urls.Single() + "/";

    public string RealmUrl => Url + "elements/";

    /// <summary>Starts it, and waits until it is ready.</summary>
    public async Task<RealmServerUnderTest> StartAsync(string url = "http://127.0.0.1:0", Action<IServiceCollection>? services = null)
    {
        _app = Build(url, services);
        await _app.StartAsync(TestContext.Current.CancellationToken);
        Client.BaseAddress = new(Url);
        await Eventually.TrueAsync(
            async () => (await Client.GetAsync("health")).IsSuccessStatusCode, () => "the server to be ready");
        return this;
    }

    public WebApplication Build(string url = "http://127.0.0.1:0", Action<IServiceCollection>? services = null)
    {
        string[] args =
        [
            $"--urls={url}", $"--Host:Dist={Dist.Path}", $"--Realms:Root={Realms.Path}", $"--Fleet:AdminKey={AdminKey}", "--Logging:LogLevel:Default=Critical",
            "--Fleet:StopNotice=00:00:00",
            .. Settings.Select(setting => "--" + setting),
        ];
        return RealmServerApp.Build(args, builder =>
        {
            builder.Services.AddFleetRegistry(Registry);
            services?.Invoke(builder.Services);
        });
    }

    /// <summary>Lets it index with this manager.</summary>
    public RealmServerUnderTest With(FakeManager manager) => WithManagerAt(manager.Url);

    /// <summary>Lets it render with this manager, on demand only.</summary>
    public RealmServerUnderTest OnDemandOnly(FakeManager manager)
    {
        Settings.Add($"services:manager:http:0={manager.Url}");
        return this;
    }

    public RealmServerUnderTest WithManagerAt(string url)
    {
        Settings.RemoveAll(setting => setting.StartsWith("Index:Enabled", StringComparison.Ordinal));
        Settings.Add($"services:manager:http:0={url}");
        return this;
    }

    public async Task StopAsync()
    {
        await _app!.StopAsync(TestContext.Current.CancellationToken);
        await _app.DisposeAsync();
        _app = null;
    }

    public Task StoreAsync(string id, string body, string head = "<title>x</title>", int status = 200) => Registry.Pages.TryStoreAsync(
        new StoredPage
        {
            Realm = RealmUrl,
            Url = RealmUrl + id,
            Status = status,
            Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Isolated] = body, [RenderFormat.Head] = head },
            SourceVersion = 1,
            Generation = 1,
            ShellToken = "t",
            RenderedAt = DateTimeOffset.UnixEpoch,
            ETag = "e" + body.Length,
        },
        TestContext.Current.CancellationToken);

    public Task<StoredPage?> StoredAsync(string id) => Registry.Pages.GetAsync(RealmUrl, RealmUrl + id, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> GetAsync(string path, string accept = "text/html", Action<HttpRequestMessage>? with = null, HttpMethod? method = null)
    {
        // Byte for byte: by default the client writes %c3 as %C3.
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(new Uri(Url).GetLeftPart(UriPartial.Authority) + "/" + path.TrimStart('/'), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        with?.Invoke(request);
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<JsonElement> IndexAsync() => await Client.GetFromJsonAsync<JsonElement>("_index", TestContext.Current.CancellationToken);

    /// <summary>Waits until the index is complete.</summary>
    public async Task<JsonElement> IndexedAsync()
    {
        JsonElement status = default;
        await Eventually.TrueAsync(
            async () => (status = await IndexAsync()).GetProperty("state").GetString() == "done", () => $"the index to be done; it is {status}");
        return status;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_ownsFolders)
        {
            Dist.Dispose();
            Realms.Dispose();
        }
    }
}
