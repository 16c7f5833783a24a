using System.Net.Http.Json;
using System.Text.Json;
using Fleet.BrowserSetup;
using Fleet.Standalone.Hosting;
using Fleet.Tests.RealmServer;
using Fleet.Tests.Rendering;

namespace Fleet.Tests.Standalone;

/// <summary>Text that a visitor wrote, end to end: rendered, stored, served by the realm server and opened in another visitor's browser.</summary>
public sealed class HostilePagesTests(VisitorBrowser visitor) : IClassFixture<VisitorBrowser>
{
    private const string Googlebot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

    private const string Reviews = """
        // Reviews that visitors wrote. In the DOM all of this is harmless text.
        const evil = (what) => `<img src=x onerror=ran('${what}')>`;
        const fill = (root, head) => {
          const add = (parent, name, props) => { const e = document.createElement(name); Object.assign(e, props); parent.append(e); };
          add(head, 'script', { type: 'application/ld+json', textContent: JSON.stringify({ '@type': 'Review', reviewBody: `Great </script>${evil('ld+json')} phone` }) });
          add(head, 'script', { type: 'application/json', id: 'state', textContent: JSON.stringify({ name: `<!--<script>${evil('none')}` }) });
          add(head, 'style', { textContent: `.a::after { content: "</style>${evil('style')}" }` });
          root.append(document.createComment(`-->${evil('comment')}<!--`));
          add(root, 'p', { textContent: `Great </script>${evil('p')} phone` });
          add(root, 'pre', { textContent: '\n\ntwo empty lines before' });
          add(root, 'iframe', { textContent: `</iframe>${evil('iframe')}` });
          add(root, 'noscript', { textContent: `</noscript>${evil('noscript')}` });
          add(root, 'xmp', { textContent: `</xmp>${evil('xmp')}` });
          add(root, 'textarea', { textContent: `</textarea>${evil('textarea')}` });
          add(root, 'p', { title: `">${evil('attribute')}`, textContent: 'last element' });
        };
        """;

    private const string IsShown = "() => [...document.querySelectorAll('#root > p')].some((p) => p.textContent === 'last element' && p.title.startsWith('\">'))";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_PagesOfAnyApp_ShowTheTextAndRunNothing()
    {
        using var dist = new TempFolder();
        using var realms = Realms();
        dist.Write("index.html", "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Shop</title></head><body><div id=\"root\"></div><script type=\"module\" src=\"/assets/app.js\"></script></body></html>");
        // Only the prerendered content is examined: the app adds nothing to it.
        dist.Write("assets/app.js", Reviews + "if (!root.hasChildNodes()) fill(root, document.head);");
        await using var fleet = await StartAsync(dist, realms);
        using var crawler = Crawler(fleet);

        foreach (var path in (string[])["", "reviews/one"])
        {
            var html = await crawler.GetStringAsync(path, Token);
            Assert.Contains("last element", html, StringComparison.Ordinal);
            await OpenAsync(fleet, path);
        }
    }

    [Fact]
    public async Task Open_PagesOfAHostThatWritesWithFleetHtml_ShowTheTextAndRunNothing()
    {
        using var dist = Host("fleetHtml(root)");
        using var realms = Realms();
        await using var fleet = await StartAsync(dist, realms);
        using var crawler = Crawler(fleet);

        Assert.Contains("last element", await crawler.GetStringAsync("reviews/one", Token), StringComparison.Ordinal);
        await OpenAsync(fleet, "reviews/one");
    }

    [Fact]
    public async Task Open_PagesOfAHostWhoseTextEndsItsElements_AreNotSentAndTheIndexSaysWhy()
    {
        using var dist = Host("root.innerHTML");
        using var realms = Realms();
        await using var fleet = await StartAsync(dist, realms);
        using var crawler = Crawler(fleet);

        using var response = await crawler.GetAsync("reviews/one", Token);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.DoesNotContain("onerror", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        JsonElement index = default;
        await Eventually.TrueAsync(
            async () => (index = await crawler.GetFromJsonAsync<JsonElement>("_index", Token)).GetProperty("failures").GetArrayLength() > 0, TimeSpan.FromMinutes(1), () => $"the card to be listed; {index}");
        Assert.Contains("that it did not open", index.GetProperty("failures")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    private async Task OpenAsync(StandaloneFleet fleet, string path)
    {
        foreach (var withScripts in (bool[])[false, true])
        {
            var (isShown, ran) = await visitor.OpenAsync<bool>(new Uri(fleet.Addresses.Realm, path), withScripts, "", IsShown);
            Assert.True(isShown && ran.Count == 0, $"'{path}', scripts {withScripts}. Shown: {isShown}. Ran: {string.Join(", ", ran)}.");
        }
    }

    private static TempFolder Realms()
    {
        var realms = new TempFolder();
        realms.Write("reviews/realm.json", """{ "name": "Reviews" }""");
        realms.Write("reviews/index.json", """{ "title": "All" }""");
        realms.Write("reviews/one.json", """{ "title": "One" }""");
        return realms;
    }

    /// <summary>A host app that implements the contract and renders with the DOM.</summary>
    private static TempFolder Host(string write)
    {
        var dist = new TempFolder();
        dist.Write("index.html", """
            <!doctype html><html><head><meta charset="utf-8"><!--fleet:head--><script type="module" src="/assets/app.js"></script></head><body><div id="root"><!--fleet:body--></div></body></html>
            """);
        dist.Write("assets/app.js", Reviews + $$"""
            const render = async ({ url }) => {
              const root = document.createElement('div');
              fill(root, root);
              return { status: 200, formats: { isolated: {{write}}, head: '<title>Reviews</title>' }, deps: [url] };
            };
            globalThis.fleet = { version: '1', capabilities: ['render'], ready: Promise.resolve(), render };
            """);
        return dist;
    }

    private static HttpClient Crawler(StandaloneFleet fleet)
    {
        var client = new HttpClient { BaseAddress = fleet.Addresses.Realm, Timeout = TimeSpan.FromMinutes(1) };
        client.DefaultRequestHeaders.UserAgent.ParseAdd(Googlebot);
        return client;
    }

    private static Task<StandaloneFleet> StartAsync(TempFolder dist, TempFolder realms) => StandaloneFleet.StartAsync(
        new()
        {
            Dist = dist.Path,
            Realms = realms.Path,
            Browser = BrowserLocator.Locate(null),
            Settings = new Dictionary<string, string> { ["Pages:CrawlerBudget"] = "00:00:40", ["Pages:Visitors"] = "prerendered", ["Pool:Slots"] = "2" },
        },
        TimeProvider.System,
        Token);
}
