using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.Tests.Browser;
using Fleet.Tests.InMemory;
using Fleet.Tests.Rendering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.YourApp;

/// <summary>Published single-page apps of several frameworks, rendered without the host contract: navigated to, settled, captured.</summary>
public sealed class PublishedAppsTests
{
    private const string OpenApi = """
        { "openapi": "3.0.0", "info": { "title": "Periodic table", "version": "1" }, "paths": { "/elements/{symbol}": { "get": {
          "summary": "Reads one element", "tags": ["elements"], "responses": { "200": { "description": "The element" } },
          "parameters": [{ "name": "symbol", "in": "path", "required": true, "schema": { "type": "string" } }] } } } }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, string?, string?> Apps => new()
    {
        {
            "React", "swagger-ui-dist@5.35.0",
            "534eaba4cb56f55dd73c638179a993512af4674f63317e0826e00da44fc465b021c341bc0a0c2bcd4e18997927fe1d3008336c5dd19aad334d1c2dec53cc9551",
            null,
            "window.onload = () => SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: 'StandaloneLayout' })"
        },
        {
            "Vue", "@scalar/api-reference@1.72.1",
            "5e9109d2b7dcfdc5db0ab47e882e242b4a3f5b05f6753b4641b4f4e3d3a53ca0070fa20c205753786cf6afe336ecfd840d62b25084d19bf37394ff33da9c3f3b",
            "<!doctype html><meta charset=utf-8><div id=app></div><script src=/dist/browser/standalone.js></script><script>Scalar.createApiReference('#app', { url: '/openapi.json', withDefaultFonts: false, telemetry: false })</script>",
            null
        },
        {
            "Lit", "rapidoc@9.3.8",
            "7826046ebd57afc38966f542c3c49797dcc1091a0b25b84d1ae1b92194c7abf45600eabf3b831a7d40ae144c991ecae12eb95470664c6bae29ca1a626fc7d029",
            "<!doctype html><meta charset=utf-8><script type=module src=/dist/rapidoc-min.js></script><rapi-doc spec-url=/openapi.json load-fonts=false></rapi-doc>",
            null
        },
    };

    [Theory, MemberData(nameof(Apps))]
    public async Task Html_PublishedApp_IsCapturedWithWhatItFetched(string framework, string name, string sha512, string? index, string? initializer)
    {
        using var package = await NpmPackage.GetAsync(name, sha512);
        await using var host = await TestSite.StartAsync();
        await using var site = await TestSite.StartAsync();
        Serve(site, package.Folder);
        site.Routes["/openapi.json"] = http => http.Response.WriteAsync(OpenApi, Token);
        site.Page("/", index ?? await File.ReadAllTextAsync(Path.Combine(package.Folder, "index.html"), Token));
        if (initializer is not null)
        {
            site.Routes["/swagger-initializer.js"] = http => http.Response.WriteAsync(initializer, Token);
        }

        await using var app = ServerFixture.Start(new InMemoryRegistry(TimeProvider.System, NullLoggerFactory.Instance), host,
            "--Fleet:AllowedOrigins:0=" + OriginAllowList.OriginOf(site.Url), "--Rendering:SettleTimeout=00:01:30", "--Pool:Slots=2");
        await app.StartAsync(Token);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromMinutes(3) };
        await ServerFixture.HealthyAsync(client);

        // A cold render, and one in the context that has all files in its cache.
        foreach (var round in (string[])["cold", "warm"])
        {
            using var response = await client.PostAsJsonAsync("renders", new RenderRequest { Url = site.Url.AbsoluteUri, DeadlineMs = RenderLimits.MaxDeadlineMs }, FleetJson.Options, Token);
            var result = (await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Token))!;
            Assert.True(result is { Outcome: RenderOutcome.Rendered, Diagnostics.Stability: "settled" }, $"{framework}, {round}: {result.Outcome}, {result.Diagnostics}");
            var html = result.Formats[RenderFormat.Html];
            Assert.Contains("Periodic table", html, StringComparison.Ordinal);
            Assert.Contains("Reads one element", html, StringComparison.Ordinal);
            Assert.Contains(site["openapi.json"].AbsoluteUri, result.Deps);
            Assert.Equal(framework == "Lit", html.Contains("<template shadowrootmode=\"open\">", StringComparison.Ordinal));
        }

        await app.StopAsync(Token);
    }

    private static void Serve(TestSite site, string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var type = Path.GetExtension(file) switch
            {
                ".js" => "text/javascript",
                ".css" => "text/css",
                ".png" => "image/png",
                _ => null,
            };
            if (type is not null)
            {
                site.Routes["/" + Path.GetRelativePath(folder, file).Replace('\\', '/')] = http =>
                {
                    http.Response.ContentType = type;
                    http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
                    return http.Response.SendFileAsync(file, Token);
                };
            }
        }
    }
}
