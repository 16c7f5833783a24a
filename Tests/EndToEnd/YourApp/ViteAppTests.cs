using System.Net;
using Fleet.BrowserSetup;
using Fleet.Tests.EndToEnd;
using Microsoft.Playwright;

namespace Fleet.Tests.YourApp;

/// <summary>The steps of docs/your-app.md, with a Vite app that has no code for the fleet.</summary>
public sealed class ViteAppTests
{
    private const string Googlebot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

    private const int Timeout = 60_000;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    // The limits allow for a busy machine; what times out is rendered again soon.
    private static readonly Dictionary<string, string> s_patient = new()
    {
        ["Pages:CrawlerBudget"] = "00:01:00",
        ["Pages:Visitors"] = "prerendered",
        ["Pages:FailureMemory"] = "00:00:01",
        ["Index:RenderDeadline"] = "00:01:00",
        ["Rendering:SettleTimeout"] = "00:00:40",
    };

    [Fact]
    public async Task YourApp_FromNpmRunBuild_IsPrerenderedAndStaysFreshOverADeploy()
    {
        Assert.SkipWhen(NodeProject.Missing is not null, NodeProject.Missing ?? "");
        using var app = new NodeProject("Tests/EndToEnd/YourApp/ViteApp");
        await app.NpmAsync("ci", "--no-progress");
        await app.NpmAsync("run", "build");
        await using var fleet = await FleetFixture.StartAsync(
            prerenderServers: 1, new Dictionary<string, string>(s_patient) { ["Host:Dist"] = app.Dist });

        // A crawler's first request gets everything that the app fetches and shows.
        var (status, html) = await CrawlAsync(fleet, "products/7");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("<h1>Lamp</h1>", html, StringComparison.Ordinal);
        Assert.Contains("A lamp that stays cool.", html, StringComparison.Ordinal);
        Assert.Contains("<title>Lamp</title>", html, StringComparison.Ordinal);
        Assert.Contains("src=\"/assets/index-", html, StringComparison.Ordinal);

        // A page that does not exist has its text and the status 404.
        (status, html) = await CrawlAsync(fleet, "products/9");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("No such page", html, StringComparison.Ordinal);

        // A visitor never waits: the shell at first, the prerendered page from the next visit on.
        Assert.DoesNotContain("<h1>", await fleet.GetHtmlAsync(fleet.OnRealm("")), StringComparison.Ordinal);
        await Eventually.TrueAsync(
            async () => (await fleet.GetHtmlAsync(fleet.OnRealm(""))).Contains("<a href=\"/products/8\">Chair</a>", StringComparison.Ordinal),
            s_limit,
            () => $"the home page to be served prerendered\n{fleet.Output}");

        await VisitAsync(fleet, "products/7", "Bought 1");

        // A deploy: pages of the new app are served without any purge.
        app.Edit("src/App.jsx", "Bought {count}", "Ordered {count}");
        await app.NpmAsync("run", "build");
        await Eventually.TrueAsync(
            async () => (await CrawlAsync(fleet, "products/7")).Html.Contains("Ordered", StringComparison.Ordinal),
            s_limit,
            () => $"the product's page as the new app renders it\n{fleet.Output}");
        await VisitAsync(fleet, "products/7", "Ordered 1");
    }

    private static async Task<(HttpStatusCode Status, string Html)> CrawlAsync(FleetUnderTest fleet, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, fleet.OnRealm(path));
        request.Headers.TryAddWithoutValidation("User-Agent", Googlebot);
        using var response = await fleet.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // The app takes the prerendered page over: its buttons work.
    private static async Task VisitAsync(FleetUnderTest fleet, string path, string label)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = BrowserLocator.Locate(null),
            ChromiumSandbox = !Environment.IsPrivilegedProcess,
        });
        var page = await browser.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        page.SetDefaultTimeout(Timeout);
        await page.GotoAsync(fleet.OnRealm(path).AbsoluteUri, new() { WaitUntil = WaitUntilState.NetworkIdle });
        // React marks the elements that it has made: a click on the prerendered button would be a click on nothing.
        await page.WaitForFunctionAsync("Object.keys(document.querySelector('button') ?? {}).some((key) => key.startsWith('__react'))");

        await page.Locator("button").ClickAsync();

        await Assertions.Expect(page.Locator("button")).ToHaveTextAsync(label, new() { Timeout = Timeout });
        Assert.Empty(complaints);
    }
}
