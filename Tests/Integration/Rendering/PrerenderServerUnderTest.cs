using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Rendering;

/// <summary>A prerender server with a browser of its own, beside two small sites: its host, and an app without the host contract, whose origin is allowed.</summary>
internal sealed class PrerenderServerUnderTest : IAsyncDisposable
{
    private readonly WebApplication _server;

    private PrerenderServerUnderTest(TestSite site, TestSite app, WebApplication server)
    {
        (Site, App, _server) = (site, app, server);
        Client = new HttpClient { BaseAddress = new Uri(server.Urls.Single()) };
    }

    public TestSite Site { get; }

    public TestSite App { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _server.Services;

    public static async Task<PrerenderServerUnderTest> StartAsync(LogRecorder? log, params string[] settings)
    {
        var (site, app) = (await TestSite.StartAsync(), await TestSite.StartAsync());
        var registry = new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance);
        var server = ServerFixture.Start(registry, site, log, registry.Commands, ["--Fleet:AllowedOrigins:0=" + app.Url.GetLeftPart(UriPartial.Authority), .. settings]);
        await server.StartAsync(TestContext.Current.CancellationToken);
        var started = new PrerenderServerUnderTest(site, app, server);
        await ServerFixture.HealthyAsync(started.Client);
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
        await Site.DisposeAsync();
        await App.DisposeAsync();
    }
}
