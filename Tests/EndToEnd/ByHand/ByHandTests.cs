using System.Collections.Concurrent;
using System.Net;
using Fleet.BrowserSetup;
using Microsoft.Playwright;

namespace Fleet.Tests.ByHand;

/// <summary>The main job, a deploy and kills, through nginx as docs/deploying.md configures it.</summary>
[Collection(ByHandCollection.Name)]
public sealed class ByHandTests(ByHandFleet fleet)
{
    private const string Visitor = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    private const string Crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private static int s_route;

    private ByHandFleet Fleet => fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_CardAndRoute_VisitorAndCrawlerReadThemUnderThePublicAddress()
    {
        await EveryCardIsServedAsync();

        var card = await GetAsync("realm0/", Visitor);
        var route = await GetAsync(NewRoute(), Crawler);
        var sitemap = await (await fleet.Client.GetAsync(new Uri("sitemap.xml", UriKind.Relative), Cancellation)).Content.ReadAsStringAsync(Cancellation);

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
        await EveryCardIsServedAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = BrowserLocator.Locate(null),
            Args = ["--no-sandbox", $"--host-resolver-rules=MAP www.example.com:443 127.0.0.1:{fleet.Nginx.HttpsPort}"],
        });
        // The certificate is of the test alone; HttpClient verifies it in the other tests.
        var page = await browser.NewPageAsync(new() { IgnoreHTTPSErrors = true, UserAgent = Visitor });
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
        await EveryCardIsServedAsync();
        await using var load = new Load(this);
        await load.ReachAsync(5);

        await fleet.DeployAsync();

        // The shell at once, from either realm server; a page that is rendered now; the stored ones as they are rendered again.
        for (var i = 0; i < 4; i++)
        {
            Assert.Contains($"app-{fleet.Version.PadLeft(8, '0')}.js", await GetAsync(NewRoute(), Visitor), StringComparison.Ordinal);
        }

        Assert.Contains($"data-version=\"{fleet.Version}\"", await GetAsync(NewRoute(), Crawler), StringComparison.Ordinal);
        await EveryCardIsServedAsync();
        await load.StopAsync();
    }

    [Theory]
    [InlineData("manager-0")]
    [InlineData("realm-0")]
    [InlineData("prerender-0")]
    public async Task Kill_OneServiceUnderLoad_NoRequestIsLost(string service)
    {
        await EveryCardIsServedAsync();
        await using var load = new Load(this);
        await load.ReachAsync(5);

        await fleet[service].KillAsync();
        await load.ReachAsync(10);
        await fleet[service].StartAsync();
        await load.ReachAsync(5);
        await load.StopAsync();

        await fleet.WholeAsync();
    }

    // A path that nobody has asked for, so that it has to be rendered.
    private static string NewRoute() => $"route-{Interlocked.Increment(ref s_route)}";

    // Every card is stored as the current version renders it, at both realm servers.
    private async Task EveryCardIsServedAsync()
    {
        foreach (var realm in fleet.Realms)
        {
            var page = "";
            await Eventually.TrueAsync(
                async () => (page = await GetAsync($"{realm}/", Visitor)).Contains($"data-version=\"{fleet.Version}\"", StringComparison.Ordinal)
                    && (page = await GetAsync($"{realm}/", Visitor)).Contains($"data-version=\"{fleet.Version}\"", StringComparison.Ordinal),
                s_limit, () => $"{realm}/ as {fleet.Version} renders it; it is {page}\n{fleet.Log}");
        }
    }

    /// <summary>Gets a page. Repeats it only when the fleet asks for that, by a 503 with <c>Retry-After</c>, which crawlers get and visitors do not.</summary>
    private async Task<string> GetAsync(string path, string userAgent)
    {
        var page = "";
        await Eventually.TrueAsync(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" }, { "User-Agent", userAgent } } };
                using var response = await fleet.Client.SendAsync(request, Cancellation);
                page = await response.Content.ReadAsStringAsync(Cancellation);
                var comesLater = userAgent == Crawler && response is { StatusCode: HttpStatusCode.ServiceUnavailable, Headers.RetryAfter: not null };
                Assert.True(response.IsSuccessStatusCode || comesLater, $"GET /{path} as {userAgent}: {(int)response.StatusCode} {page}\n{fleet.Nginx.Errors}\n{fleet.Log}");
                return response.IsSuccessStatusCode;
            },
            s_limit, () => $"/{path} for {userAgent}; the answer is {page}\n{fleet.Log}");
        return page;
    }

    /// <summary>Visitors, crawlers and a script that read pages until they are stopped. A request that fails ends it.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly ByHandTests _tests;
        private readonly CancellationTokenSource _end = new();
        private readonly Task _callers;
        private readonly int[] _done = new int[3];

        public Load(ByHandTests tests)
        {
            _tests = tests;
            _callers = Task.WhenAll(RunAsync(0, VisitAsync), RunAsync(1, CrawlAsync), RunAsync(2, RenderAsync));
        }

        /// <summary>Waits until each of them has had this many more answers.</summary>
        public Task ReachAsync(int more)
        {
            var goals = _done.Select(done => done + more).ToArray();
            return Eventually.TrueAsync(
                () => _end.IsCancellationRequested || _done.Zip(goals).All(pair => pair.First >= pair.Second), TimeSpan.FromSeconds(60),
                () => $"{string.Join(", ", goals)} answers; there are {string.Join(", ", _done)}\n{_tests.Fleet.Log}");
        }

        /// <summary>Ends it; throws what a request failed with.</summary>
        public async Task StopAsync()
        {
            await _end.CancelAsync();
            await _callers;
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _callers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _end.Dispose();
        }

        private async Task RunAsync(int caller, Func<Task> request)
        {
            try
            {
                while (!_end.IsCancellationRequested)
                {
                    await request();
                    Interlocked.Increment(ref _done[caller]);
                }
            }
            finally
            {
                await _end.CancelAsync();
            }
        }

        private async Task VisitAsync() => Assert.Contains("data-version=", await _tests.GetAsync("realm0/", Visitor), StringComparison.Ordinal);

        private async Task CrawlAsync() => Assert.Contains("data-version=", await _tests.GetAsync(NewRoute(), Crawler), StringComparison.Ordinal);

        // GET is repeated by nginx at the other manager; a POST would not be.
        private async Task RenderAsync()
        {
            var url = Uri.EscapeDataString(new Uri(ByHandFleet.Site, "realm2/").AbsoluteUri);
            using var response = await _tests.Fleet.Managers.GetAsync(new Uri($"render?refresh=true&url={url}", UriKind.Relative), Cancellation);
            var page = await response.Content.ReadAsStringAsync(Cancellation);
            Assert.True(response.IsSuccessStatusCode, $"GET /render: {(int)response.StatusCode} {page}\n{_tests.Fleet.Nginx.Errors}\n{_tests.Fleet.Log}");
        }
    }
}
