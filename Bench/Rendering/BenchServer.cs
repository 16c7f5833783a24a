using Fleet.PrerenderServer;
using Fleet.Registry;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Bench.Rendering;

/// <summary>A prerender server on a free port of this process, with the registry in memory.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BenchServer(WebApplication app)
    {
        _app = app;
        Client = new() { BaseAddress = new Uri(app.Urls.Single()), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Calls the server, without a timeout.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server, and waits until it is ready.</summary>
    /// <param name="site">The host.</param>
    /// <param name="slots">Maximum number of slots.</param>
    /// <param name="settings">Further settings, <c>--Section:Key=value</c>.</param>
    public static async Task<BenchServer> StartAsync(Uri site, int slots, params string[] settings)
    {
        var app = PrerenderServerApp.Build(
            ["--urls=http://127.0.0.1:0", "--environment=Development", $"--services:realm:http:0={site}", $"--Pool:Slots={slots}", "--Registration:Name=bench", .. settings],
            builder =>
            {
                builder.Services.AddFleetRegistry(new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance));
                builder.Logging.ClearProviders();
            });
        await app.StartAsync();
        var server = new BenchServer(app);
        while (!(await server.Client.GetAsync("health")).IsSuccessStatusCode)
        {
            await Task.Delay(100);
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
