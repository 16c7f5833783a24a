using System.Net;
using Fleet.Contracts;
using Fleet.Registry.Pages;
using Fleet.Registry.Servers;
using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Fleet.Tests.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Canary;

/// <summary>The first server with a new browser, beside one with the old browser: here both use the same Chromium, and the record of the first one names another version.</summary>
public sealed class CanaryTests : IAsyncLifetime
{
    private readonly InMemoryRegistry _registry = new(TimeProvider.System, NullLoggerFactory.Instance);
    private readonly LogRecorder _log = new();
    private TestSite _site = null!;
    private WebApplication _old = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _site = await TestSite.StartAsync();
        _site.Shell = TestPages.Plain;
        await _registry.HostShells.ClaimAsync(new("token-a", "test", DateTimeOffset.UnixEpoch), Token);
        await PageAsync("/same", "<p>the same everywhere</p>");
        await PageAsync("/random", "<p></p><script>document.querySelector('p').textContent = Math.random()</script>");
        _old = ServerFixture.Start(_registry, _site, null, _registry.Commands, services => services.AddSingleton<IServerRegistry>(new OldBrowser(_registry.Servers)), "--Registration:Name=old");
        await _old.StartAsync(Token);
        await Eventually.TrueAsync(async () => (await _registry.Servers.ListAsync(Token)).Any(server => server is { State: ServerState.Ready, Browser: OldBrowser.Product }), () => "the old server is ready");
    }

    public async ValueTask DisposeAsync()
    {
        await _old.DisposeAsync();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Start_NewBrowserRendersTheSame_TakesRenders()
    {
        await using var canary = await StartAsync("--Canary:Samples=10");
        await Eventually.TrueAsync(async () => await StateAsync() == ServerState.Ready, () => "the canary is ready");
        Assert.Contains(_log.Lines, line => line.Contains($"renders 0 of 2 pages differently than {OldBrowser.Product} on old; 1 change from render to render", StringComparison.Ordinal));
        await canary.StopAsync(Token);
    }

    [Fact]
    public async Task Start_NewBrowserRendersAPageDifferently_TakesNoRendersUntilNoOtherServerIsReady()
    {
        await PageAsync("/width", "<p></p><script>document.querySelector('p').textContent = innerWidth</script>");
        await using var canary = await StartAsync("--Canary:Samples=10", "--Browser:ViewportWidth=1000");
        using var client = new HttpClient { BaseAddress = new Uri(canary.Urls.Single()) };
        var health = "";
        await Eventually.TrueAsync(async () =>
        {
            using var response = await client.GetAsync("health", Token);
            health = await response.Content.ReadAsStringAsync(Token);
            return response.StatusCode == HttpStatusCode.ServiceUnavailable && health.Contains($"renders 1 of 3 pages differently", StringComparison.Ordinal);
        }, () => $"the canary reports a difference; seen: {health}");
        Assert.Contains("Canary:Samples=0", health, StringComparison.Ordinal);
        Assert.Contains(_log.Lines, line => line.Contains($"on old; 1 change from render to render or were not rendered there: {_site["/width"]}.", StringComparison.Ordinal));
        Assert.Equal(ServerState.Warming, await StateAsync());

        await _old.StopAsync(Token);
        await Eventually.TrueAsync(async () => await StateAsync() == ServerState.Ready, TimeSpan.FromSeconds(60), () => "the canary is ready once it is the only server");
        await canary.StopAsync(Token);
    }

    [Fact]
    public async Task Start_AsManyDifferencesAsAllowed_TakesRenders()
    {
        await PageAsync("/width", "<p></p><script>document.querySelector('p').textContent = innerWidth</script>");
        await using var canary = await StartAsync("--Canary:Samples=10", "--Canary:MaxDifferent=1", "--Browser:ViewportWidth=1000");
        await Eventually.TrueAsync(async () => await StateAsync() == ServerState.Ready, () => "the canary is ready");
        await canary.StopAsync(Token);
    }

    private async Task<ServerState?> StateAsync() => (await _registry.Servers.ListAsync(Token)).FirstOrDefault(server => server.Name == "canary")?.State;

    private async Task<WebApplication> StartAsync(params string[] settings)
    {
        var canary = ServerFixture.Start(_registry, _site, _log, _registry.Commands, static _ => { }, ["--Registration:Name=canary", .. settings]);
        await canary.StartAsync(Token);
        return canary;
    }

    private async Task PageAsync(string path, string html)
    {
        _site.Page(path, html);
        await _registry.Pages.TryStoreAsync(new StoredPage
        {
            Realm = _site.Url.AbsoluteUri,
            Url = _site[path].AbsoluteUri,
            Status = 200,
            Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = html },
            SourceVersion = 0,
            Generation = 1,
            ShellToken = "token-a",
            ETag = "",
            RenderedAt = DateTimeOffset.UnixEpoch,
        }, Token);
    }

    /// <summary>Announces a server as one with an older browser.</summary>
    private sealed class OldBrowser(IServerRegistry servers) : IServerRegistry
    {
        public const string Product = "HeadlessChrome/1.0";

        public Task AnnounceAsync(ServerRecord record, CancellationToken cancellationToken) => servers.AnnounceAsync(record with { Browser = Product }, cancellationToken);

        public Task RemoveAsync(string incarnation, CancellationToken cancellationToken) => servers.RemoveAsync(incarnation, cancellationToken);

        public Task<IReadOnlyList<ServerRecord>> GetAsync(IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken) => servers.GetAsync(incarnations, cancellationToken);

        public Task<IReadOnlyList<ServerRecord>> ListAsync(CancellationToken cancellationToken) => servers.ListAsync(cancellationToken);
    }
}
