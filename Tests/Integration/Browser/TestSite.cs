using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.Browser;

/// <summary>A small web site on a free port, for pages that a real Chromium loads. Counts requests.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _hits = new();

    private TestSite(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>The response to the standby; a test may change it.</summary>
    public string Shell { get; set; } = TestPages.Host;

    /// <summary>The shell token that is sent; null sends none.</summary>
    public string? ShellToken { get; set; } = "token-a";

    /// <summary>HTTP status of the standby.</summary>
    public int ShellStatus { get; set; } = 200;

    /// <summary>User agent of the last request for a page.</summary>
    public string? UserAgent { get; private set; }

    /// <summary>While it is set, it replaces all routes, which other tests may have added.</summary>
    public Func<HttpContext, Task>? App { get; set; }

    public ConcurrentDictionary<string, Func<HttpContext, Task>> Routes { get; } = new();

    public Uri this[string path] => new(Url, path);

    public static async Task<TestSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var site = new TestSite(app);
        app.UseWebSockets();
        app.Run(site.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        site.Url = new Uri(app.Urls.Single() + "/");
        return site;
    }

    /// <summary>Serves HTML at a path.</summary>
    public void Page(string path, string html, int status = 200) => Routes[path] = http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync(html);
    };

    public int Hits(string path) => _hits.GetValueOrDefault(path);

    public void ForgetHits() => _hits.Clear();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        _hits.AddOrUpdate(path, 1, static (_, n) => n + 1);
        UserAgent = http.Request.Headers.UserAgent;
        if (path != "/_standby" && App is { } app)
        {
            await app(http);
        }
        else if (Routes.TryGetValue(path, out var route))
        {
            await route(http);
        }
        else if (path == "/_standby")
        {
            http.Response.StatusCode = ShellStatus;
            http.Response.ContentType = "text/html; charset=utf-8";
            if (ShellToken is not null)
            {
                http.Response.Headers["X-Host-Shell"] = ShellToken;
            }

            await http.Response.WriteAsync(Shell);
        }
        else
        {
            http.Response.StatusCode = 404;
        }
    }
}
