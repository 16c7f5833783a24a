using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench.Rendering;

/// <summary>The app that all ways render: a bundle of 500 kB that may be cached, 120 rows of DOM, some 50 kB of HTML. It keeps the host contract, and
/// renders by itself when its address is opened.</summary>
internal sealed class BenchSite(WebApplication app) : IAsyncDisposable
{
    private const string Page = """
        <!doctype html><div id="app"></div><script src="/bundle.js"></script><script>
        function render() {
          const rows = Array.from({ length: 120 }, (_, i) => `<tr><td>${i}</td><td class="cell">${'text of a cell that is long enough '.repeat(10)}</td></tr>`);
          app.innerHTML = `<table>${rows.join('')}</table>`;
          return { status: 200, formats: { isolated: app.innerHTML } };
        }
        globalThis.fleet = { version: '1', capabilities: ['render'], ready: Promise.resolve(), render: async () => render() };
        if (location.pathname !== '/_standby') { globalThis.prerenderReady = false; fetch('/rows.json').then((r) => r.json()).then(() => { render(); globalThis.prerenderReady = true; }); }
        </script>
        """;

    private static readonly string s_bundle = string.Concat(Enumerable.Range(0, 5_000).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"function part{i}(a, b) {{ const c = a * {i} + b; return c > 0 ? part{i / 2}(c - 1, b) : [c, b, '{i}']; }}\n")));

    public Uri Url { get; } = new(app.Urls.Single() + "/");

    public static async Task<BenchSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/bundle.js", (HttpResponse response) =>
        {
            response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Text(s_bundle, "text/javascript", Encoding.UTF8);
        });
        app.MapGet("/rows.json", () => Results.Ok(Array.Empty<int>()));
        DocumentCase.Map(app);
        app.MapFallback(() => Results.Content(Page, "text/html"));
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
