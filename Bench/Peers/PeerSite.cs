using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench.Peers;

/// <summary>Serves a build of the app, as an ordinary web server does.</summary>
internal sealed class PeerSite : IAsyncDisposable
{
    private readonly WebApplication _server;

    private PeerSite(WebApplication server) => _server = server;

    /// <summary>Folder of the peers and of the app's builds.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Peers");

    /// <summary>Folder of browserless, which has packages of its own because it needs a newer Node.</summary>
    public static string BrowserlessFolder { get; } = Path.Combine(Folder, "browserless");

    public Uri Url => new(_server.Urls.Single() + "/");

    /// <summary>Time that the app's data takes. Default: none.</summary>
    public TimeSpan DataDelay { get; set; }

    /// <summary>Installs the peers and builds the app.</summary>
    /// <param name="systems">The systems to install; browserless has 800 MB of packages.</param>
    public static async Task BuildAsync(IEnumerable<PeerSystem> systems)
    {
        await InstallAsync(Folder);
        await NpmAsync(Folder, "run", "build", "--silent");
        if (systems.Any(static system => system.Key == "browserless"))
        {
            await InstallAsync(BrowserlessFolder);
        }
    }

    /// <param name="app">The build: <c>contract</c> or <c>plain</c>.</param>
    public static async Task<PeerSite> StartAsync(string app)
    {
        var dist = Path.Combine(Folder, $"dist-{app}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        var site = new PeerSite(server);
        server.Urls.Add("http://127.0.0.1:0");
        server.Use(async (context, next) =>
        {
            if (site.DataDelay > TimeSpan.Zero && context.Request.Path.Value!.EndsWith(".json", StringComparison.Ordinal))
            {
                await Task.Delay(site.DataDelay, context.RequestAborted);
            }

            await next(context);
        });
        server.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(dist),
            OnPrepareResponse = static file => file.Context.Response.Headers.CacheControl = file.File.Name.StartsWith("app-", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache",
        });
        server.MapFallback(() => Results.File(Path.Combine(dist, "index.html"), "text/html; charset=utf-8"));
        await server.StartAsync();
        return site;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Task InstallAsync(string folder) => NpmAsync(folder, "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error");

    private static async Task NpmAsync(string folder, params string[] arguments)
    {
        using var npm = Process.Start(new ProcessStartInfo("npm", arguments) { WorkingDirectory = folder })!;
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"npm {string.Join(' ', arguments)} ended with {npm.ExitCode}.");
        }
    }
}
