using System.Collections.Concurrent;
using System.Net;
using Fleet.BrowserSetup;
using Fleet.Tests.HostShells;
using Microsoft.Playwright;

namespace Fleet.Tests.ByHand;

/// <summary>Pages for visitors and crawlers, a deploy, and kills under load, through nginx as docs/deploying.md configures it.</summary>
[Collection(ByHandCollection.Name)]
public sealed class ByHandTests(ByHandFleet fleet)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_CardAndRoute_VisitorAndCrawlerReadThemUnderThePublicAddress()
    {
        await fleet.EveryCardIsServedAsync();

        var card = await fleet.GetAsync("realm0/", ByHandFleet.Visitor);
        var route = await fleet.GetAsync(ByHandFleet.NewRoute(), ByHandFleet.Crawler);
        var sitemap = await fleet.Client.GetStringAsync(new Uri("sitemap.xml", UriKind.Relative), Cancellation);

        Assert.Contains("<link rel=\"canonical\" href=\"https://www.example.com/realm0/\">", card, StringComparison.Ordinal);
        Assert.All([card, route], page => Assert.Contains("data-origin=\"https://www.example.com\" data-secure=\"true\"", page, StringComparison.Ordinal));
        Assert.Contains("<loc>https://www.example.com/realm0/</loc>", sitemap, StringComparison.Ordinal);
        // The fleet's own requests pass the internal address only.
        var own = fleet.Nginx.Requests.Where(line => line.Contains("Fleet-Prerender", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]).Distinct();
        Assert.Equal([$"{fleet.Nginx.Internal.Port}"], own);
    }

    [Fact]
    public async Task Get_WithoutTls_LeadsToThePublicAddressOnceAndForAYear()
    {
        using var plain = await fleet.Client.GetAsync(new Uri("http://www.example.com/realm0/?a=b"), Cancellation);
        Assert.Equal((HttpStatusCode.MovedPermanently, "https://www.example.com/realm0/?a=b"), (plain.StatusCode, plain.Headers.Location?.OriginalString));

        using var encrypted = await fleet.Client.GetAsync(plain.Headers.Location, Cancellation);
        Assert.Equal(HttpStatusCode.OK, encrypted.StatusCode);
        Assert.Equal(["max-age=31536000"], encrypted.Headers.GetValues("Strict-Transport-Security"));
        Assert.NotEmpty(encrypted.Headers.GetValues("X-Host-Shell"));
    }

    [Fact]
    public async Task Open_CardInABrowser_TheAppTakesOverThePrerenderedPage()
    {
        await fleet.EveryCardIsServedAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = BrowserLocator.Locate(null),
            Args = ["--no-sandbox", $"--host-resolver-rules=MAP www.example.com:443 127.0.0.1:{fleet.Nginx.HttpsPort}"],
        });
        // The certificate is of the test alone; HttpClient verifies it in the other tests.
        var page = await browser.NewPageAsync(new() { IgnoreHTTPSErrors = true, UserAgent = ByHandFleet.Visitor });
        var complaints = new ConcurrentQueue<string>();
        page.Console += (_, message) => complaints.Enqueue(message.Text);
        page.PageError += (_, error) => complaints.Enqueue(error);

        await page.GotoAsync($"{ByHandFleet.Site}realm1/");
        await page.WaitForSelectorAsync($"#app[data-taken-over={fleet.Version}] p[data-secure=true]");

        Assert.Empty(complaints);
        Assert.Equal("https://www.example.com", await page.EvaluateAsync<string>("location.origin"));
    }

    [Fact]
    public async Task Deploy_UnderLoad_NoRequestIsLostAndNothingStaleFollows()
    {
        await fleet.EveryCardIsServedAsync();
        await using var load = new Load(fleet);
        await load.ReachAsync(5);

        await fleet.DeployAsync();

        // The shell at once, from either realm server; a page that is rendered now; the stored ones as they are rendered again.
        for (var i = 0; i < 4; i++)
        {
            Assert.Contains(HostAppFolder.BundleOf(fleet.Version), await fleet.GetAsync(ByHandFleet.NewRoute(), ByHandFleet.Visitor), StringComparison.Ordinal);
        }

        Assert.Contains($"data-version=\"{fleet.Version}\"", await fleet.GetAsync(ByHandFleet.NewRoute(), ByHandFleet.Crawler), StringComparison.Ordinal);
        await fleet.EveryCardIsServedAsync();
        await load.StopAsync();
    }

    [Theory]
    [InlineData("manager-0")]
    [InlineData("realm-0")]
    [InlineData("prerender-0")]
    public async Task Kill_OneServiceUnderLoad_NoRequestIsLost(string service)
    {
        await fleet.EveryCardIsServedAsync();
        await using var load = new Load(fleet);
        await load.ReachAsync(5);

        await fleet[service].KillAsync();
        await load.ReachAsync(10);
        await fleet[service].StartAsync();
        await load.ReachAsync(5);
        await load.StopAsync();

        await fleet.WholeAsync();
    }

    [Theory]
    [InlineData("manager-0")]
    [InlineData("realm-0")]
    public async Task Restart_OneServiceUnderLoad_NoRequestIsLost(string service)
    {
        await fleet.EveryCardIsServedAsync();
        await using var load = new Load(fleet);
        await load.ReachAsync(5);

        await fleet.ReplaceAsync(service);
        await load.ReachAsync(5);
        await load.StopAsync();

        await fleet.WholeAsync();
    }
}
