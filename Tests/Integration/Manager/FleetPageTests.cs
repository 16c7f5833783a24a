using System.Globalization;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Tests.InMemory;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;

namespace Fleet.Tests.Manager;

/// <summary>The fleet page in a real browser, on a real manager.</summary>
public sealed class FleetPageTests(OperatorBrowser browser) : IClassFixture<OperatorBrowser>, IAsyncLifetime
{
    private const string Hostile = "<img src=x onerror=\"globalThis.broken = 1\">";
    private static readonly LocatorAssertionsToHaveTextOptions s_text = new() { Timeout = 30_000 };
    private static readonly LocatorAssertionsToContainTextOptions s_part = new() { Timeout = 30_000 };
    private static readonly LocatorAssertionsToHaveCountOptions s_count = new() { Timeout = 30_000 };

    private ManagerUnderTest _manager = null!;

    public async ValueTask InitializeAsync() =>
        _manager = await ManagerUnderTest.StartAsync("--Manager:ProbeInterval=00:00:00.200", "--Manager:ProbeTimeout=00:00:01", "--Manager:OperatorTimeout=00:00:03");

    public async ValueTask DisposeAsync()
    {
        await browser.CloseAllAsync();
        browser.Errors.Clear();
        await _manager.DisposeAsync();
    }

    [Fact]
    public async Task Page_OneServerChanges_TouchesNothingElse()
    {
        var (first, second) = (await AddAsync("prerender-0"), await AddAsync("prerender-1"));
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator(".server")).ToHaveCountAsync(2, s_count);
        await page.EvaluateAsync("""
            () => {
              globalThis.before = [...document.querySelectorAll('.server, .server *')];
              globalThis.touched = 0;
              new MutationObserver(changes => { touched += changes.length; }).observe(document.querySelectorAll('.server')[0], { childList: true, subtree: true, attributes: true, characterData: true });
            }
            """);

        for (var i = 0; i < 3; i++)
        {
            await second.RegisterAsync(_manager.Registry, ServerState.Draining, 4);
            await Assertions.Expect(page.Locator(".server").Nth(1).Locator(".pill")).ToHaveTextAsync("draining", s_text);
            await second.RegisterAsync(_manager.Registry, ServerState.Ready, 4);
            await Assertions.Expect(page.Locator(".server").Nth(1).Locator(".pill")).ToHaveTextAsync("ready", s_text);
        }

        Assert.Equal(0, await page.EvaluateAsync<int>("() => touched"));
        Assert.True(await page.EvaluateAsync<bool>("() => before.every(node => node.isConnected)"), "A node was replaced.");

        // A change of one slot changes one box.
        await page.EvaluateAsync("() => { globalThis.box = document.querySelector('.server .slot'); }");
        first.Describe = record => Busy(record) with { SlotStates = [new(1, "leased") { Affinity = "realm:" + ManagerUnderTest.Realm }, .. Busy(record).SlotStates.Skip(1)] };
        await first.RegisterAsync(_manager.Registry, ServerState.Ready, 4);
        await page.WaitForFunctionAsync("() => box.isConnected && box.className === 'slot leased'");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Banner_FleetIsEmpty_SaysSoAndSinceWhen()
    {
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("No prerender server is registered.", s_part);
        await Assertions.Expect(page.Locator("#banner time")).ToContainTextAsync("since", s_part);
        await AddAsync("prerender-0");
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("All is well: 1 of 1 server ready.", s_part);
    }

    [Fact]
    public async Task Banner_ServerDies_NamesItUntilItIsReplaced()
    {
        await AddAsync("prerender-0");
        var dead = await AddAsync("prerender-1");
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator(".server")).ToHaveCountAsync(2, s_count);
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("All is well", s_part);

        await _manager.Registry.Servers.RemoveAsync(dead.Incarnation, TestContext.Current.CancellationToken);
        await Assertions.Expect(page.Locator(".server")).ToHaveCountAsync(1, s_count);
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync($"prerender-1 at {dead.Url} is gone without a drain", s_part);
        await AddAsync("prerender-1");
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("All is well: 2 of 2 servers ready.", s_part);
    }

    [Fact]
    public async Task Server_IsFrozenWhileIdle_DoesNotStayGreen()
    {
        await AddAsync("prerender-0");
        var frozen = await AddAsync("prerender-1");
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator(".server .pill.good")).ToHaveCountAsync(2, s_count);

        // No heartbeat and no answer, as after SIGSTOP.
        frozen.Alive = http => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
        await Assertions.Expect(page.Locator(".server").Nth(1).Locator(".pill")).ToHaveTextAsync("not answering", s_text);
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync($"prerender-1 at {frozen.Url} does not answer", s_part);
        frozen.Alive = _ => Task.CompletedTask;
        await Assertions.Expect(page.Locator(".server .pill.good")).ToHaveCountAsync(2, s_count);
    }

    [Fact]
    public async Task Stream_ManagerRestarts_IsConnectedAgainByItself()
    {
        var registry = new InMemoryRegistry(new TickingClock(), NullLoggerFactory.Instance);
        await ManagerUnderTest.AnnounceRealmAsync(registry);
        string url;
        IPage page;
        await using (var before = await ManagerUnderTest.StartAsync(registry))
        {
            url = before.App.Urls.Single();
            page = await browser.OpenAsync(url);
            await Assertions.Expect(page.Locator("#live")).ToHaveTextAsync("live", s_text);
        }

        await Assertions.Expect(page.Locator("#live")).ToHaveTextAsync("reconnecting", s_text);
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("The connection to the manager is lost", s_part);
        await using var after = await ManagerUnderTest.StartAsync(registry, $"--urls={url}");
        await Assertions.Expect(page.Locator("#live")).ToHaveTextAsync("live", s_text);
        await Assertions.Expect(page.Locator("#banner")).Not.ToContainTextAsync("is lost", s_part);
        // A refused connection is an error of the network, which the browser reports by itself.
        Assert.All(browser.Errors, error => Assert.Contains("net::", error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Actions_WithKey_AreConfirmedSentAndReportedPerServer()
    {
        var server = await AddAsync("prerender-0");
        server.Operate = http => http.Response.WriteAsJsonAsync(new ServerActed(3, "3 slots: as asked."), FleetJson.Options);
        await _manager.Registry.WarmAffinities.ReplaceAsync(server.Incarnation, new Dictionary<string, DateTimeOffset> { ["user:ada"] = DateTimeOffset.UnixEpoch }, TestContext.Current.CancellationToken);
        var page = await OpenAsync();

        // Cancelled: nothing is sent.
        await page.GetByRole(AriaRole.Button, new() { Name = "Drain prerender-0" }).ClickAsync();
        await page.Locator("#dialog-cancel").ClickAsync();
        Assert.Empty(server.Operations);

        // A wrong key is refused, and forgotten.
        await page.GetByRole(AriaRole.Button, new() { Name = "Drain prerender-0" }).ClickAsync();
        await page.Locator("#dialog input").FillAsync("wrong");
        await page.Locator("#dialog-ok").ClickAsync();
        await Assertions.Expect(page.Locator("#report-rows")).ToContainTextAsync("The admin key is wrong or missing.", s_part);
        await page.Locator("#report-close").ClickAsync();
        Assert.Empty(server.Operations);

        await page.GetByRole(AriaRole.Button, new() { Name = "Drain prerender-0" }).ClickAsync();
        await page.Locator("#dialog input").FillAsync(ManagerUnderTest.AdminKey);
        await page.Locator("#dialog-ok").ClickAsync();
        await DoneAsync("POST /drain");

        await server.RegisterAsync(_manager.Registry, ServerState.Draining, 4);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undrain prerender-0" }).ClickAsync();
        await page.Locator("#dialog-ok").ClickAsync();
        await DoneAsync("POST /undrain");

        await server.RegisterAsync(_manager.Registry, ServerState.Ready, 4);
        await Assertions.Expect(page.Locator(".server .pill")).ToHaveTextAsync("ready", s_text);
        await page.Locator("#recycle").ClickAsync();
        await page.Locator("#dialog-ok").ClickAsync();
        await DoneAsync("POST /recycle");

        // With the key, the stream names users.
        await page.Locator("#search input").FillAsync("ada");
        await Eventually.TrueAsync(
            async () =>
            {
                await page.Locator("#search button").ClickAsync();
                return await page.GetByRole(AriaRole.Button, new() { Name = "Evict user:ada" }).CountAsync() == 1;
            },
            () => "the affinity of a user among the results");
        await page.GetByRole(AriaRole.Button, new() { Name = "Evict user:ada" }).ClickAsync();
        await page.Locator("#dialog-ok").ClickAsync();
        await DoneAsync("DELETE /affinities/user%3Aada");

        Assert.Equal(ManagerUnderTest.AdminKey, await page.EvaluateAsync<string>("() => sessionStorage.getItem('fleet-admin-key')"));
        Assert.Equal(0, await page.EvaluateAsync<int>("() => localStorage.length"));
        Assert.All(browser.Errors, error => Assert.Contains("401", error, StringComparison.Ordinal));

        async Task DoneAsync(string operation)
        {
            await Assertions.Expect(page.Locator("#report-rows")).ToContainTextAsync("3 slots: as asked.", s_part);
            await page.Locator("#report-close").ClickAsync();
            Assert.Equal(operation, server.Operations.Last());
        }
    }

    [Fact]
    public async Task Renders_FailedSlowAndSearched_ShowTheirDiagnosticsAsText()
    {
        var server = await AddAsync("prerender-0");
        await _manager.Registry.WarmAffinities.ReplaceAsync(server.Incarnation, new Dictionary<string, DateTimeOffset> { ["realm:" + ManagerUnderTest.Realm] = DateTimeOffset.UnixEpoch }, TestContext.Current.CancellationToken);
        var record = FailedRender.LinkTo(server.Incarnation, 7);
        server.Operate = http => http.Request.Path.Value switch
        {
            "/failures" => http.Response.WriteAsJsonAsync<FailedRender[]>(
                [new() { Id = 7, At = DateTimeOffset.UnixEpoch, RequestId = "r7", Url = ManagerUnderTest.Card + "?q=" + Hostile, Outcome = RenderOutcome.TimedOut, Timings = new() { RenderMs = 800 } }], FleetJson.Options),
            "/failures/7" => http.Response.WriteAsync($$"""
                {"id":7,"url":"u","outcome":"timedOut","timings":{"queueMs":20,"bootMs":300,"renderMs":800,"captureMs":0},"hasScreenshot":true,"html":"<p>{{Hostile.Replace("\"", "\\\"")}}</p>",
                 "diagnostics":{"message":"{{Hostile.Replace("\"", "\\\"")}} did not settle","stage":"settle","console":["{{Hostile.Replace("\"", "\\\"")}}"],"failedRequests":["GET /api 500"],"stack":"at app.js:7"} }
                """),
            "/failures/7/screenshot" => Microsoft.AspNetCore.Http.Results.Bytes(Convert.FromBase64String("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==")).ExecuteAsync(http),
            _ => Task.CompletedTask,
        };
        await _manager.RenderAsync(new RenderRequest { Url = ManagerUnderTest.Card });
        var page = await OpenAsync();
        await EnterKeyAsync(page);

        await page.Locator("#load-failed").ClickAsync();
        await page.Locator("#failed summary").First.ClickAsync();
        var failed = page.Locator("#failed");
        foreach (var text in new[] { "?q=" + Hostile, Hostile + " did not settle (step settle)", "GET /api 500", "at app.js:7", "300 ms" })
        {
            await Assertions.Expect(failed).ToContainTextAsync(text, s_part);
        }

        await page.WaitForFunctionAsync("() => document.querySelector('#failed img.shot')?.naturalWidth === 1");

        await page.Locator("#load-slow").ClickAsync();
        await Assertions.Expect(page.Locator("#slow li")).ToContainTextAsync(ManagerUnderTest.Card, s_part);
        await page.Locator("#search input").FillAsync(ManagerUnderTest.Card);
        await page.Locator("#search button").ClickAsync();
        await Assertions.Expect(page.Locator("#found")).ToContainTextAsync($"realm:{ManagerUnderTest.Realm} warm on prerender-0", s_part);
        await Assertions.Expect(page.Locator("#found .render")).ToContainTextAsync("prerender-0", s_part);
        Assert.NotEqual("0 renders", await page.Locator(".chart").First.TextContentAsync());
        Assert.False(await page.EvaluateAsync<bool>("() => 'broken' in globalThis"));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Page_HostileNames_StayText()
    {
        await _manager.Registry.Realms.AnnounceAsync("realm-1", [new RealmRecord(ManagerUnderTest.Host + "/__proto__/", Hostile)], TestContext.Current.CancellationToken);
        var server = await AddAsync("prerender-0");
        server.Describe = record => Busy(record) with { Name = Hostile, Browser = Hostile, SlotStates = [new(1, Hostile) { Affinity = "realm:" + Hostile, Shell = Hostile }] };
        await server.RegisterAsync(_manager.Registry, ServerState.Ready, 4);
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator(".server h3")).ToHaveTextAsync(Hostile, s_text);
        await page.Locator(".server summary").ClickAsync();
        await Assertions.Expect(page.Locator(".server tbody")).ToContainTextAsync(Hostile, s_part);
        await Assertions.Expect(page.Locator("#realms")).ToContainTextAsync(Hostile, s_part);
        await page.Locator("#search input").FillAsync(Hostile);
        await page.Locator("#search button").ClickAsync();
        await Assertions.Expect(page.Locator("#found")).ToContainTextAsync("No affinity matches", s_part);
        Assert.False(await page.EvaluateAsync<bool>("() => 'broken' in globalThis"));
        Assert.Equal(0, await page.Locator("main img").CountAsync());
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task TryIt_Url_ShowsTextDocumentScreenshotTimingsAndCommands()
    {
        var server = await AddAsync("prerender-0");
        server.Answer = (http, request) => server.Calls.Last().Headers.Count == 0 ? Task.CompletedTask
            : http.Response.WriteAsJsonAsync(server.Result(request) with { Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = $"<p onclick=x style=color:red>by prerender-0</p><style>p{{}}</style><script src=/gone.js></script>{Hostile}" }, Timings = new() { RenderMs = 123 } }, FleetJson.Options);
        server.AnswerScreenshot = (http, _) =>
        {
            http.Response.Headers[FleetHeaders.Outcome] = "rendered";
            http.Response.Headers[FleetHeaders.PageStatus] = "200";
            return Microsoft.AspNetCore.Http.Results.Bytes(Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="), "image/png").ExecuteAsync(http);
        };
        var page = await OpenAsync();
        await page.Locator("#try input[name=url]").FillAsync(ManagerUnderTest.Card);
        await page.Locator("#try summary").ClickAsync();
        await page.Locator("#try input[name=width]").FillAsync("800");
        await page.Locator("#try select[name=device]").SelectOptionAsync("mobile");
        await page.Locator("#try select[name=colorScheme]").SelectOptionAsync("dark");
        await page.Locator("#try input[name=waitForSelector]").FillAsync("#price");
        await page.Locator("#try input[name=blockUrls]").FillAsync("*/ads/*, */track");
        await page.Locator("#try button").ClickAsync();
        var tried = page.Locator("#tried");
        await Assertions.Expect(tried).ToContainTextAsync("by prerender-0</p>", s_part);
        await Assertions.Expect(tried).ToContainTextAsync("123 ms", s_part);
        await Assertions.Expect(tried).ToContainTextAsync($"curl -s '{_manager.App.Urls.Single()}/renders'", s_part);
        await page.WaitForFunctionAsync("() => document.querySelector('#tried img.shot')?.naturalWidth === 1");
        await Assertions.Expect(tried).ToContainTextAsync("Markdown after", s_part);
        await Assertions.Expect(tried).ToContainTextAsync("format=markdown", s_part);
        Assert.All<PageRequest>([server.Screenshots.Last(), .. server.Calls.Select(call => call.Request)], request =>
        {
            Assert.Equal((800, "mobile", PageColorScheme.Dark, "#price"), (request.Width, request.Device, request.ColorScheme, request.WaitForSelector));
            Assert.Equal(["*/ads/*", "*/track"], request.BlockUrls);
        });
        Assert.Equal("", await page.Locator("#tried iframe").GetAttributeAsync("sandbox"));
        await Assertions.Expect(page.FrameLocator("#tried iframe").Locator("p")).ToHaveTextAsync("by prerender-0", s_text);
        Assert.Equal("", string.Join('\n', browser.Errors));
    }

    [Theory]
    [InlineData(360, false)]
    [InlineData(360, true)]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(3840, false)]
    public async Task Page_AnyWidthAndScheme_IsReadableAndNamed(int width, bool dark)
    {
        for (var i = 0; i < 3; i++)
        {
            var server = await AddAsync($"prerender-{i}");
            await server.RegisterAsync(_manager.Registry, (ServerState)i, 4);
        }

        var page = await browser.OpenAsync(_manager.App.Urls.Single(), width, 900, dark);
        await Assertions.Expect(page.Locator(".server")).ToHaveCountAsync(3, s_count);
        await page.EvaluateAsync("() => { document.querySelector('.server details').open = true; }");
        await page.WaitForFunctionAsync("() => document.querySelectorAll('.server tbody tr').length > 0");
        Assert.Empty(await page.EvaluateAsync<string[]>(Accessibility.LowContrast));
        Assert.Empty(await page.EvaluateAsync<string[]>(Accessibility.Unnamed));
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the window.");
        var landmarks = await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('header, main, footer, section')].map(node => node.localName + (node.localName === 'section' && !node.ariaLabel && !node.getAttribute('aria-labelledby') ? ' without a name' : ''))");
        Assert.DoesNotContain(landmarks, landmark => landmark.Contains("without", StringComparison.Ordinal));
        Assert.Equal((1, 1, 1), (landmarks.Count(name => name == "header"), landmarks.Count(name => name == "main"), landmarks.Count(name => name == "footer")));

        // The keyboard reaches everything, in order, and shows where it is.
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("key", await page.EvaluateAsync<string>("() => document.activeElement.id"));
        await page.Keyboard.PressAsync("Enter");
        Assert.True(await page.EvaluateAsync<bool>("() => document.querySelector('#dialog').open"));
        await page.Keyboard.PressAsync("Escape");
        Assert.False(await page.EvaluateAsync<bool>("() => document.querySelector('#dialog').open"));
        Assert.Equal("key", await page.EvaluateAsync<string>("() => document.activeElement.id"));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Update_OfAHundredServers_TakesOneFrame()
    {
        const int servers = 100, slots = 16;
        var records = Enumerable.Range(0, servers).Select(number => new ServerRecord
        {
            Incarnation = $"incarnation-{number}", Name = $"prerender-{number}", Url = $"http://127.0.0.1:{20_000 + number}", State = ServerState.Ready, Version = 1, Slots = slots, Free = slots,
        }).ToList();
        await AnnounceAsync(1);
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator(".server")).ToHaveCountAsync(servers, s_count);
        await page.EvaluateAsync("() => { globalThis.times = []; new PerformanceObserver(list => { for (const { duration } of list.getEntriesByName('fleet-update')) times.push(duration); }).observe({ entryTypes: ['measure'] }); }");
        for (var version = 2; version < 12; version++)
        {
            await AnnounceAsync(version);
            await page.WaitForFunctionAsync($"() => document.querySelector('.server:nth-child(100) .facts').textContent.includes('render {version} ms')");
        }

        var times = (await page.EvaluateAsync<double[]>("() => times")).Order().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Scripting per update of {servers} servers × {slots} slots: median {times[times.Count / 2]:0.0} ms, highest {times[^1]:0.0} ms, {times.Count} updates.");
        // The aim is 16 ms; the bound allows for a machine that does something else, too.
        Assert.True(times[times.Count / 2] <= 100, $"The median of {times.Count} updates is {times[times.Count / 2]:0.0} ms.");

        async Task AnnounceAsync(int version)
        {
            foreach (var record in records)
            {
                await _manager.Registry.Servers.AnnounceAsync(
                    record with
                    {
                        Version = version,
                        RecentRenderMs = version,
                        Free = version % slots,
                        SlotStates = [.. Enumerable.Range(0, slots).Select(slot => new SlotStatus(slot, (slot + version) % 3 == 0 ? "leased" : "idle") { Affinity = $"realm:http://127.0.0.1:9/{slot}/", AgeSeconds = version })],
                    },
                    TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task Patches_WithoutKey_NameNoUser()
    {
        var server = await AddAsync("prerender-0");
        server.Describe = record => record with { SlotStates = [new(1, "idle") { Affinity = "user:ada" }, new(2, "idle") { Affinity = "realm:" + ManagerUnderTest.Realm + "#secret" }] };
        await server.RegisterAsync(_manager.Registry, ServerState.Ready, 4);
        await Eventually.TrueAsync(async () => (await _manager.GetFleetAsync()).Servers[0].Record.SlotStates.Count == 2, () => "two slots");
        var open = await FirstAsync();
        Assert.DoesNotContain("ada", open, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", open, StringComparison.Ordinal);
        Assert.Contains("realm:" + ManagerUnderTest.Realm, open, StringComparison.Ordinal);
        _manager.UseAdminKey();
        Assert.Contains("user:ada", await FirstAsync(), StringComparison.Ordinal);

        async Task<string> FirstAsync()
        {
            await using var stream = await _manager.Client.GetStreamAsync("/fleet/patches", TestContext.Current.CancellationToken);
            using var reader = new StreamReader(stream);
            Assert.Equal("event: fleet", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            return (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!;
        }
    }

    [Theory]
    [InlineData("?order=fastest", 400)]
    [InlineData("?sort=slowest", 400)]
    [InlineData("?order=slowest", 200)]
    public async Task GetRenders_Parameters_AreCheckedAndTheKeyIsRequired(string query, int status)
    {
        using var refused = await _manager.Client.GetAsync("/fleet/renders" + query, TestContext.Current.CancellationToken);
        await ManagerUnderTest.AssertProblemAsync(refused, 401, "wrong-admin-key");
        _manager.UseAdminKey();
        using var response = await _manager.Client.GetAsync("/fleet/renders" + query, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
    }

    private static ServerRecord Busy(ServerRecord record) => record with
    {
        Browser = "HeadlessChrome/149.0.7827.55",
        MemoryMb = 812,
        SlotStates =
        [
            new(1, "idle") { Affinity = "realm:" + ManagerUnderTest.Realm, AgeSeconds = 4000, Renders = 12, MemoryMb = 81, Shell = "abc123" },
            new(2, "leased") { Affinity = "realm:" + ManagerUnderTest.Realm, AgeSeconds = 40, Renders = 3, MemoryMb = 77, Shell = "abc123" },
            new(3, "standby") { AgeSeconds = 4, MemoryMb = 60, Shell = "0ld" },
        ],
    };

    private static async Task EnterKeyAsync(IPage page)
    {
        await page.Locator("#key").ClickAsync();
        await page.Locator("#dialog input").FillAsync(ManagerUnderTest.AdminKey);
        await page.Locator("#dialog-ok").ClickAsync();
        await Assertions.Expect(page.Locator("#key")).ToHaveTextAsync("Forget admin key", s_text);
    }

    private Task<IPage> OpenAsync() => browser.OpenAsync(_manager.App.Urls.Single());

    private async Task<FakeServer> AddAsync(string name)
    {
        var server = await _manager.AddServerAsync(name, slots: 4);
        server.Describe = Busy;
        await server.RegisterAsync(_manager.Registry, ServerState.Ready, 4);
        return server;
    }
}

/// <summary>Expressions that list what is wrong with a page for people who see little or nothing.</summary>
internal static class Accessibility
{
    /// <summary>Texts whose contrast with the colors behind them is less than 4.5, by the styles that apply.</summary>
    public const string LowContrast = """
        () => {
          const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
          const rgba = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
          const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = node => {
            for (let at = node; at; at = at.parentElement) {
              const color = rgba(getComputedStyle(at).backgroundColor);
              if (color[3] === 255) return color;
            }
            return rgba('Canvas');
          };
          const bad = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const { parentElement: node, data } = walker.currentNode;
            if (!data.trim() || /^(SCRIPT|STYLE|OPTION)$/.test(node.nodeName) || !node.checkVisibility({ contentVisibilityAuto: false }) || node.closest('dialog:not([open])')) continue;
            const [a, b] = [luminance(rgba(getComputedStyle(node).color)), luminance(behind(node))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < 4.5) bad.push(`${ratio.toFixed(2)}: ${data.trim().slice(0, 40)} in ${node.nodeName}.${node.className}`);
          }
          return [...new Set(bad)];
        }
        """;

    /// <summary>Controls, pictures and charts without a name.</summary>
    public const string Unnamed = """
        () => [...document.querySelectorAll('button, a, input, select, summary, img, iframe, dialog, article, progress, [role=img], [role=region], [role=status]')]
          .filter(node => !(node.textContent.trim() && /^(BUTTON|A|SUMMARY|SPAN|P)$/.test(node.nodeName)) && !node.getAttribute('aria-label') && !node.getAttribute('aria-labelledby')
            && !node.title && !node.alt && ![...node.labels ?? []].some(label => label.textContent.trim()))
          .map(node => node.outerHTML.slice(0, 80))
        """;
}
