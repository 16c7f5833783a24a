using System.Net;
using Fleet.BrowserSetup;
using Fleet.Contracts;
using Fleet.Standalone.Hosting;
using Fleet.Tests.RealmServer;
using Fleet.Tests.Rendering;

namespace Fleet.Tests.Standalone;

/// <summary>Responses to crawlers and visitors for apps without the host contract, through all services and a real browser, with the default settings.</summary>
public sealed class CrawlerPagesTests(VisitorBrowser visitor) : IClassFixture<VisitorBrowser>
{
    private const string Index =
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Shop</title></head><body><div id=\"root\"></div><script type=\"module\" src=\"/assets/app.js\"></script></body></html>";

    // Pages of one app: one that animates forever, one that asks not to be indexed, one whose API fails, one that shows its own path. It appends to its root, as Svelte, Solid and Lit do.
    private const string App = """
        const root = document.getElementById('root');
        const meta = (name, content) => { const m = document.createElement('meta'); m.name = name; m.content = content; document.head.append(m); };
        const main = document.createElement('main');
        main.innerHTML = `<h1>${location.pathname + location.search}</h1><p id="ball" style="position:relative">ball</p>`;
        root.append(main);
        const ball = document.getElementById('ball');
        if (location.pathname === '/animated') { const move = (t) => { ball.style.left = `${Math.sin(t / 500) * 100}px`; requestAnimationFrame(move); }; requestAnimationFrame(move); }
        if (location.pathname === '/growing') setInterval(() => main.append(document.createElement('i')), 20);
        if (location.pathname === '/private') meta('prerender-header', 'X-Robots-Tag: noindex, nofollow');
        if (location.pathname === '/empty') meta('prerender-status-code', '204');
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_AppWithoutTheContract_EveryCrawlerHasAPageAndEveryVisitorTheApp()
    {
        using var dist = new TempFolder();
        using var realms = new TempFolder();
        dist.Write("index.html", Index);
        dist.Write("assets/app.js", App);
        await using var fleet = await StandaloneFleet.StartAsync(
            new()
            {
                Dist = dist.Path,
                Realms = realms.Path,
                Browser = BrowserLocator.Locate(null),
                // Shorter than Rendering:SettleTimeout, as by default, but with time for a busy machine.
                // The crawler is verified by its address, so that it does not wait for the growing page, which is rendered again in the background.
                Settings = new Dictionary<string, string>
                {
                    ["Pages:CrawlerBudget"] = "00:00:15", ["Rendering:SettleTimeout"] = "00:01:00", ["Pool:Slots"] = "2", ["Pages:CrawlerNetworks:0"] = "127.0.0.0/8",
                },
            },
            TimeProvider.System,
            Token);
        using var crawler = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = fleet.Addresses.Realm, Timeout = TimeSpan.FromMinutes(1) };
        crawler.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (compatible; Googlebot/2.1)");

        foreach (var path in (string[])["/package/lodash.debounce", "/a%2Fb", "/a%252Fb", "/c++/%C3%A9/", "/list?q=a+b&r=%2F"])
        {
            using var response = await GetAsync(path);
            Assert.Contains($"<h1>{path.Replace("&", "&amp;", StringComparison.Ordinal)}</h1>", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        using (var response = await GetAsync("/private"))
        {
            Assert.Equal(["noindex, nofollow"], response.Headers.GetValues("X-Robots-Tag"));
        }

        using (var response = await GetAsync("/empty"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }

        using (var response = await GetAsync("/growing"))
        {
            Assert.Contains("<h1>/growing</h1>", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
            Assert.Equal(["capped"], response.Headers.GetValues(FleetHeaders.Stability));
        }

        using (var response = await GetAsync("/animated"))
        {
            Assert.Contains("<h1>/animated</h1>", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        var (mains, _) = await visitor.OpenAsync<int>(new Uri(fleet.Addresses.Realm, "/private"), true, "", "() => document.querySelectorAll('main').length");
        Assert.Equal(1, mains);

        async Task<HttpResponseMessage> GetAsync(string path) => await crawler.GetAsync(new Uri(fleet.Addresses.Realm.AbsoluteUri.TrimEnd('/') + path), Token);
    }
}
