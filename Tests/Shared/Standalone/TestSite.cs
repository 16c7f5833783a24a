using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.Standalone;

/// <summary>A small site with pages that are made by a script, and some that go wrong.</summary>
public sealed class TestSite : IAsyncLifetime
{
    private readonly WebApplication _app;

    public TestSite()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        _app = builder.Build();
        Map("/", 200, "<title>Home</title><div id=app></div><script>document.getElementById('app').textContent = 'sum ' + (1 + 1)</script>");
        Map("/missing", 404, "<h1>not here</h1>");
        Map("/loop", 200, "<h1>x</h1><script>console.error('about to loop'); function spin() { for (;;) {} } spin()</script>");
        Map("/cdn", 200, "<link rel=stylesheet href='http://cdn.example/a.css'><h1>x</h1>");
        Map("/tall", 200, "<body style='margin:0'><div style='height:3000px;width:100%'></div><p id=mark style='margin:0;width:50px;height:20px'></p>");
        _app.MapGet("/asked", (HttpContext http) => Results.Content(
            $"<!doctype html><title>Asked</title><main><h1>For <b>{http.Request.Headers["X-Feature"]}</b> and {http.Request.Headers.Cookie}</h1></main>"
            + "<script>setTimeout(() => document.querySelector('main').insertAdjacentHTML('beforeend', `<p id=late>${navigator.language} ${innerWidth}`), 1500)</script>", "text/html"));
        _app.MapGet("/old", () => Results.Redirect("/"));
        void Map(string path, int status, string html) => _app.MapGet(path, () => Results.Content("<!doctype html>" + html, "text/html", statusCode: status));
    }

    public Uri this[string path] => new(new Uri(_app.Urls.Single()), path);

    public async ValueTask InitializeAsync() => await _app.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
