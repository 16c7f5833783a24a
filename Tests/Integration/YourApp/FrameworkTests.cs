using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Fleet.BrowserSetup;
using Fleet.Contracts;
using Fleet.Standalone.Hosting;
using Fleet.Tests.Docs;
using Fleet.Tests.RealmServer;
using Fleet.Tests.Rendering;
using Fleet.Tests.Rendering.Fidelity;

namespace Fleet.Tests.YourApp;

/// <summary>The unchanged starter app of each framework, through all services: what a crawler gets and what a visitor sees.</summary>
public sealed partial class FrameworkTests(FrameworkDists dists, VisitorBrowser visitor, ITestOutputHelper output) : IClassFixture<VisitorBrowser>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Frameworks => [.. FrameworkApp.All.Select(app => app.Framework)];

    [Theory, MemberData(nameof(Frameworks))]
    public async Task Get_UntouchedApp_CrawlerHasItsContentAndVisitorHasItOnce(string framework)
    {
        var app = FrameworkApp.All.Single(each => each.Framework == framework);
        using var realms = new TempFolder();
        await using var fleet = await StartAsync(framework, realms);
        using var crawler = CrawlerOf(fleet);

        // A crawler.
        var started = Stopwatch.GetTimestamp();
        var (status, html) = await CrawlAsync("/");
        output.WriteLine($"{framework}: first render {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(app.Text, html, StringComparison.Ordinal);
        Assert.Contains($"<title>{app.Title}</title>", html, StringComparison.Ordinal);
        (status, html) = await CrawlAsync("/nowhere");
        Assert.Equal(app.Unknown, $"{(int)status}, {(html.Contains(app.Text, StringComparison.Ordinal) ? "the home page" : "its own page")}");

        // The page until the app starts: the file that the fleet's browsers boot, without its scripts.
        var bare = await visitor.ShowAsync(new Uri(fleet.Addresses.Realm, "/_standby"), withScripts: false, "document.body.innerText.trim()");
        Assert.Equal(app.Start == "nothing", bare.Result.Length == 0);

        // A visitor, as by default, and one that has the prerendered page.
        var shell = await visitor.WatchAsync(fleet.Addresses.Realm, app.Text, prerendered: false, app.Button);
        var prerendered = await visitor.WatchAsync(fleet.Addresses.Realm, app.Text, prerendered: true, app.Button);
        output.WriteLine($"by default: {shell}\nprerendered: {prerendered}");
        Assert.Equal([0, 1], shell.Counts.Prepend(0).Distinct());
        Assert.Equal(app.Title, shell.Title);
        Assert.Equal(app.Errors, string.Join(' ', shell.Errors));
        Assert.Equal(app.Button?.After, shell.Button);
        Assert.Equal(app.Takeover == Takeover.Duplicates ? 2 : 1, prerendered.Counts[^1]);
        Assert.Equal(app.Vanishes, prerendered.Counts.SkipWhile(count => count == 0).Contains(0));
        Assert.Equal(app.Errors, string.Join(' ', prerendered.Errors));
        if (app.Takeover == Takeover.TakesOver)
        {
            Assert.Equal(app.Button?.After, prerendered.Button);
            Assert.Equal(shell.Text, prerendered.Text);
        }

        // The checks of fidelity: the page without scripts equals the live one, and a render equals a first visit.
        var live = await visitor.ShowAsync(fleet.Addresses.Realm, withScripts: true, LivePage.Describe, app.Text, atRest: true);
        var served = await visitor.ShowAsync(fleet.Addresses.Realm, withScripts: false, LivePage.Describe, prerendered: true);
        Assert.True(live.Result == served.Result, $"Live:\n{live.Result}\nServed:\n{served.Result}");
        var first = await RenderAsync("");
        Assert.Contains(app.Text, first, StringComparison.Ordinal);
        await RenderAsync("nowhere");
        Assert.Equal(first, await RenderAsync(""));

        async Task<string> RenderAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(fleet.Addresses.Manager, $"/render?url={Uri.EscapeDataString(fleet.Addresses.Realm.AbsoluteUri + path)}"));
            request.Headers.CacheControl = new() { NoCache = true };
            using var response = await crawler.SendAsync(request, Token);
            var html = await response.Content.ReadAsStringAsync(Token);
            Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {html}");
            Assert.False(response.Headers.Contains(FleetHeaders.Stability), "The page is capped.");
            // Lit marks its comments with a random number.
            return Comments().Replace(html, "");
        }

        async Task<(HttpStatusCode Status, string Html)> CrawlAsync(string path)
        {
            using var response = await crawler.GetAsync(new Uri(path, UriKind.Relative), Token);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
        }
    }

    /// <summary>A text with an interpolation, <c>Count is {count}</c>, is two text nodes in React.</summary>
    [Fact]
    public async Task Visit_AppThatHydrates_HydratesThePrerenderedPageWithoutAMismatch()
    {
        using var realms = new TempFolder();
        await using var fleet = await StartAsync(FrameworkDists.HydratingReact, realms);
        using var crawler = CrawlerOf(fleet);
        Assert.Contains("Count is <!-- -->0", await crawler.GetStringAsync(new Uri("/", UriKind.Relative), Token), StringComparison.Ordinal);

        var visit = await visitor.WatchAsync(fleet.Addresses.Realm, "Get started", prerendered: true, ("Count is 0", "Count is 1"));

        Assert.Empty(visit.Errors);
        Assert.Equal("Count is 1", visit.Button);
        Assert.Equal([1], visit.Counts.Where(count => count > 0));
    }

    [Fact]
    public void YourAppPage_TableOfFrameworks_SaysWhatTheTestsProve()
    {
        var rows = File.ReadAllLines(Repository.File("docs/your-app.md"));
        Assert.All(FrameworkApp.All, app => Assert.Contains(rows, row => row.StartsWith(app.Row, StringComparison.Ordinal)));
    }

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comments();

    private static HttpClient CrawlerOf(StandaloneFleet fleet)
    {
        var crawler = new HttpClient { BaseAddress = fleet.Addresses.Realm, Timeout = TimeSpan.FromMinutes(1) };
        crawler.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (compatible; Googlebot/2.1)");
        return crawler;
    }

    private async Task<StandaloneFleet> StartAsync(string framework, TempFolder realms) => await StandaloneFleet.StartAsync(
        new()
        {
            Dist = await dists.BuildAsync(framework),
            Realms = realms.Path,
            Browser = BrowserLocator.Locate(null),
            // Time for a busy machine.
            Settings = new Dictionary<string, string> { ["Pages:CrawlerBudget"] = "00:00:40", ["Rendering:SettleTimeout"] = "00:01:00", ["Pool:Slots"] = "2" },
        },
        TimeProvider.System,
        Token);
}
