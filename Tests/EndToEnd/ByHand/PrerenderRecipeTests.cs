using System.Text.RegularExpressions;
using Fleet.BrowserSetup;
using Fleet.Standalone.Hosting;
using Fleet.Tests.Docs;
using Fleet.Tests.RealmServer;

namespace Fleet.Tests.ByHand;

/// <summary>A site behind nginx, with the recipe of <c>docs/coming-from.md</c> for its crawlers, which is the usual one for Prerender.</summary>
public sealed partial class PrerenderRecipeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_SiteBehindTheRecipe_CrawlersGetThePageOfTheirUrl()
    {
        using var dist = new TempFolder();
        using var realms = new TempFolder();
        dist.Write("index.html", "<!doctype html><html><head><title>Host</title></head><body></body></html>");
        var site = FreePort.TakeAddress();
        await using var fleet = await StandaloneFleet.StartAsync(
            new()
            {
                Dist = dist.Path,
                Realms = realms.Path,
                Browser = BrowserLocator.Locate(null),
                Origins = [site.GetLeftPart(UriPartial.Authority)],
                Settings = new Dictionary<string, string> { ["Manager:Dialects:Prerender"] = "true", ["Pool:Slots"] = "2" },
            },
            TimeProvider.System,
            Token);
        await using var nginx = new NginxProcess();
        await File.WriteAllTextAsync(Path.Combine(nginx.Folder, "app.html"), """
            <!doctype html><html><head><title>Shop</title></head><body><main></main><script>
              document.querySelector('main').textContent = 'shows ' + location.pathname + location.search;
            </script></body></html>
            """, Token);
        var recipe = Recipe().Match(await File.ReadAllTextAsync(Repository.File("docs/coming-from.md"), Token)).Groups["recipe"].Value;
        // The site of this test has a port, and the manager another address.
        recipe = recipe.Replace("$host", "$http_host", StringComparison.Ordinal).Replace("http://manager:5200", fleet.Addresses.Manager.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        Assert.Contains("rewrite", recipe, StringComparison.Ordinal);
        await nginx.StartAsync($$"""
            server {
                listen {{site.Authority}};
                root .;
                default_type text/html;
                location / {
                    error_page 418 = @prerender;
                    if ($http_user_agent ~* googlebot) { return 418; }
                    try_files /app.html =404;
                }
                location @prerender {
                    {{recipe}}
                }
            }
            """, site.Port);

        Assert.DoesNotContain("<main>shows", await GetAsync("/shop", "Mozilla/5.0 Firefox/140.0"), StringComparison.Ordinal);
        Assert.Contains("<main>shows /shop</main>", await GetAsync("/shop", "Googlebot/2.1"), StringComparison.Ordinal);
        Assert.Contains("<main>shows /shop?q=a+b&amp;r=%2F</main>", await GetAsync("/shop?q=a+b&r=%2F", "Googlebot/2.1"), StringComparison.Ordinal);
        Assert.Contains("<main>shows /caf%C3%A9%20x</main>", await GetAsync("/caf%C3%A9%20x", "Googlebot/2.1"), StringComparison.Ordinal);

        async Task<string> GetAsync(string path, string userAgent)
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site, path));
            request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
            using var response = await client.SendAsync(request, Token);
            var text = await response.Content.ReadAsStringAsync(Token);
            Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}\n{nginx.Errors}");
            return text;
        }
    }

    [GeneratedRegex("```nginx\n(?<recipe>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Recipe();
}
