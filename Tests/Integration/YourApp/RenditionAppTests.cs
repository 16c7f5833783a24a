using Fleet.BrowserSetup;
using Fleet.Contracts;
using Fleet.Standalone.Hosting;
using Fleet.Tests.RealmServer;

namespace Fleet.Tests.YourApp;

/// <summary>An app whose markup depends on the device, in a whole fleet that keeps a mobile rendition of each page.</summary>
public sealed class RenditionAppTests
{
    private const string Phone = "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1)";
    private const string Desktop = "Mozilla/5.0 (compatible; Googlebot/2.1)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_AppThatAsksForViewportAndUserAgent_EachCrawlerGetsTheMarkupOfItsDevice()
    {
        using var dist = new TempFolder();
        using var realms = new TempFolder();
        dist.Write("index.html", """
            <!doctype html><html><head><meta name="viewport" content="width=device-width"><title>Menu</title></head><body><main></main><script>
              const layout = matchMedia('(max-width: 600px)').matches ? 'narrow' : 'wide', system = /Android/.test(navigator.userAgent) ? 'phone' : 'computer';
              document.querySelector('main').innerHTML = `<p>${layout} on a ${system}</p>`;
            </script></body></html>
            """);
        await using var fleet = await StandaloneFleet.StartAsync(
            new()
            {
                Dist = dist.Path,
                Realms = realms.Path,
                Browser = BrowserLocator.Locate(null),
                Settings = new Dictionary<string, string>
                {
                    ["Fleet:Renditions"] = "desktop,mobile",
                    ["Manager:Dialects:Prerender"] = "true",
                    ["Pages:CrawlerBudget"] = "00:01:00",
                    ["Pool:Slots"] = "2",
                },
            },
            TimeProvider.System,
            Token);
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        var page = new Uri(fleet.Addresses.Realm, "menu");

        Assert.Equal(("<p>narrow on a phone</p>", "rendered"), await GetAsync(page, Phone));
        Assert.Equal(("<p>wide on a computer</p>", "rendered"), await GetAsync(page, Desktop));

        // The manager answers from the store, at its own route and at a dialect's.
        var render = new Uri(fleet.Addresses.Manager, $"render?url={Uri.EscapeDataString(page.AbsoluteUri)}");
        Assert.Equal(("<p>wide on a computer</p>", "stored"), await GetAsync(render, Phone));
        Assert.Equal(("<p>narrow on a phone</p>", "stored"), await GetAsync(new Uri(render.AbsoluteUri + "&device=mobile"), Desktop));
        var dialect = new Uri($"{fleet.Addresses.Manager.GetLeftPart(UriPartial.Authority)}/{page.AbsoluteUri}");
        Assert.Equal(("<p>narrow on a phone</p>", "stored"), await GetAsync(dialect, Phone));
        Assert.Equal(("<p>wide on a computer</p>", "stored"), await GetAsync(dialect, Desktop));

        async Task<(string? Main, string Source)> GetAsync(Uri url, string userAgent)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
            using var response = await client.SendAsync(request, Token);
            var text = await response.Content.ReadAsStringAsync(Token);
            Assert.True(response.IsSuccessStatusCode, text);
            var isVaried = response.Headers.Vary.Contains("User-Agent");
            Assert.Equal(!url.Query.StartsWith("?url", StringComparison.Ordinal), isVaried);
            var start = text.IndexOf("<main>", StringComparison.Ordinal) + "<main>".Length;
            return (text[start..text.IndexOf("</main>", StringComparison.Ordinal)], response.Headers.TryGetValues(FleetHeaders.Source, out var source) ? source.Single() : "rendered");
        }
    }
}
