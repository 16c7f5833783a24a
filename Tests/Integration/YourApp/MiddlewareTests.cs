using System.Diagnostics;
using Fleet.BrowserSetup;
using Fleet.Standalone.Hosting;
using Fleet.Tests.RealmServer;

namespace Fleet.Tests.YourApp;

/// <summary>Existing prerender middleware, from npm and unchanged, in Express, with a whole fleet in place of its service.</summary>
public sealed class MiddlewareTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("prerender-node")]
    [InlineData("rendertron-middleware")]
    public async Task Get_SiteBehindMiddleware_CrawlersGetThePageWithItsStatusAndHeaders(string middleware)
    {
        using var project = new NodeProject("Tests/Integration/YourApp/MiddlewareClients");
        await project.NpmAsync("ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts");
        using var dist = new TempFolder();
        using var realms = new TempFolder();
        dist.Write("index.html", "<!doctype html><html><head><title>Host</title></head><body></body></html>");
        var site = FreePort.TakeAddress();
        var isPrerender = middleware == "prerender-node";
        await using var fleet = await StandaloneFleet.StartAsync(
            new()
            {
                Dist = dist.Path,
                Realms = realms.Path,
                Browser = BrowserLocator.Locate(null),
                Origins = [site.GetLeftPart(UriPartial.Authority)],
                Settings = new Dictionary<string, string>
                {
                    // Rendertron's middleware cannot send a key.
                    ["Fleet:RequireKey"] = isPrerender ? "true" : "false",
                    [isPrerender ? "Manager:Dialects:Prerender" : "Manager:Dialects:Rendertron"] = "true",
                    ["Fleet:Renditions"] = "desktop,mobile",
                    ["Pool:Slots"] = "2",
                },
            },
            TimeProvider.System,
            Token);
        using var express = Process.Start(new ProcessStartInfo(NodeProject.Find("node")!, ["server.mjs", $"{site.Port}", middleware, fleet.Addresses.Manager.AbsoluteUri, fleet.AdminKey.Value])
        {
            WorkingDirectory = project.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.Equal("ready", await express.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token));
            using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = site, Timeout = TimeSpan.FromMinutes(1) };

            var (_, shell) = await GetAsync("/shop?q=a+b", "Mozilla/5.0 Firefox/140.0");
            Assert.DoesNotContain("<main>shows", shell, StringComparison.Ordinal);

            var (found, page) = await GetAsync("/shop?q=a+b&r=%2F", "Googlebot/2.1");
            Assert.Contains("<main>shows /shop?q=a+b&amp;r=%2F</main>", page, StringComparison.Ordinal);
            Assert.Equal(200, (int)found.StatusCode);
            Assert.False(found.Headers.Contains("Content-Security-Policy"));

            var (missing, notFound) = await GetAsync("/missing", "Googlebot/2.1");
            Assert.Contains("<main>shows /missing</main>", notFound, StringComparison.Ordinal);
            Assert.Equal(404, (int)missing.StatusCode);

            var (gone, _) = await GetAsync("/gone", "Googlebot/2.1");
            Assert.Equal(410, (int)gone.StatusCode);

            var (hidden, _) = await GetAsync("/hidden", "Googlebot/2.1");
            Assert.Equal(["noindex"], hidden.Headers.GetValues("X-Robots-Tag"));

            // Rendertron's middleware follows redirects itself, to the site, which does not recognize the request as a crawler's.
            if (isPrerender)
            {
                var (old, _) = await GetAsync("/old", "Googlebot/2.1");
                Assert.Equal((301, new Uri(site, "/new")), ((int)old.StatusCode, old.Headers.Location));

                // The middleware passes the crawler's user agent on.
                var (_, phone) = await GetAsync("/shop", "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1)");
                Assert.Contains("<main>shows /shop on a phone</main>", phone, StringComparison.Ordinal);
            }

            async Task<(HttpResponseMessage Response, string Text)> GetAsync(string path, string userAgent)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
                var response = await client.SendAsync(request, Token);
                return (response, await response.Content.ReadAsStringAsync(Token));
            }
        }
        finally
        {
            express.Kill(entireProcessTree: true);
        }
    }
}
