using Fleet.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace Fleet.Tests.Manager;

/// <summary>Actions of an operator on the fleet page, in a real browser, on a real manager: commands, diagnostics of renders, "Try it".</summary>
public sealed class FleetPageActionTests(OperatorBrowser browser) : FleetPageTestBase(browser)
{
    private const string Hostile = "<img src=x onerror=\"globalThis.broken = 1\">";

    [Fact]
    public async Task Actions_WithKey_AreConfirmedSentAndReportedPerServer()
    {
        var server = await AddAsync("prerender-0");
        server.Operate = http => http.Response.WriteAsJsonAsync(new ServerActed(3, "3 slots: as asked."), FleetJson.Options);
        await Manager.Registry.WarmAffinities.ReplaceAsync(server.Incarnation, new HashSet<string> { "user:ada" }, TestContext.Current.CancellationToken);
        var page = await OpenAsync();

        // Cancelled: nothing is sent.
        await page.GetByRole(AriaRole.Button, new() { Name = "Drain prerender-0" }).ClickAsync();
        await page.Locator("#dialog-cancel").ClickAsync();
        Assert.Empty(server.Operations);

        // A wrong key is refused and not kept.
        await page.GetByRole(AriaRole.Button, new() { Name = "Drain prerender-0" }).ClickAsync();
        await page.Locator("#dialog input").FillAsync("wrong");
        await page.Locator("#dialog-ok").ClickAsync();
        await Assertions.Expect(page.Locator("#report-rows")).ToContainTextAsync("The admin key is wrong or missing.", SoonPart);
        await page.Locator("#report-close").ClickAsync();
        Assert.Empty(server.Operations);

        await page.GetByRole(AriaRole.Button, new() { Name = "Drain prerender-0" }).ClickAsync();
        await page.Locator("#dialog input").FillAsync(ManagerUnderTest.AdminKey);
        await page.Locator("#dialog-ok").ClickAsync();
        await DoneAsync("POST /drain");

        await server.RegisterAsync(Manager.Registry, ServerState.Draining, 4);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undrain prerender-0" }).ClickAsync();
        await page.Locator("#dialog-ok").ClickAsync();
        await DoneAsync("POST /undrain");

        await server.RegisterAsync(Manager.Registry, ServerState.Ready, 4);
        await Assertions.Expect(page.Locator(".server .pill")).ToHaveTextAsync("ready", SoonText);
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
        Assert.All(Browser.Errors, error => Assert.Contains("401", error, StringComparison.Ordinal));

        async Task DoneAsync(string operation)
        {
            await Assertions.Expect(page.Locator("#report-rows")).ToContainTextAsync("3 slots: as asked.", SoonPart);
            await page.Locator("#report-close").ClickAsync();
            Assert.Equal(operation, server.Operations.Last());
        }
    }

    [Fact]
    public async Task Renders_FailedSlowAndSearched_ShowTheirDiagnosticsAsText()
    {
        var server = await AddAsync("prerender-0");
        await Manager.Registry.WarmAffinities.ReplaceAsync(server.Incarnation, new HashSet<string> { "realm:" + ManagerUnderTest.Realm }, TestContext.Current.CancellationToken);
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
        await Manager.RenderAsync(new RenderRequest { Url = ManagerUnderTest.Card });
        var page = await OpenAsync();
        await EnterKeyAsync(page);

        await page.Locator("#load-failed").ClickAsync();
        await page.Locator("#failed summary").First.ClickAsync();
        var failed = page.Locator("#failed");
        foreach (var text in new[] { "?q=" + Hostile, Hostile + " did not settle (step settle)", "GET /api 500", "at app.js:7", "300 ms" })
        {
            await Assertions.Expect(failed).ToContainTextAsync(text, SoonPart);
        }

        await page.WaitForFunctionAsync("() => document.querySelector('#failed img.shot')?.naturalWidth === 1");

        await page.Locator("#load-slow").ClickAsync();
        await Assertions.Expect(page.Locator("#slow li")).ToContainTextAsync(ManagerUnderTest.Card, SoonPart);
        await page.Locator("#search input").FillAsync(ManagerUnderTest.Card);
        await page.Locator("#search button").ClickAsync();
        await Assertions.Expect(page.Locator("#found")).ToContainTextAsync($"realm:{ManagerUnderTest.Realm} warm on prerender-0", SoonPart);
        await Assertions.Expect(page.Locator("#found .render")).ToContainTextAsync("prerender-0", SoonPart);
        // What was found stays current.
        await Manager.Registry.WarmAffinities.ReplaceAsync(server.Incarnation, new HashSet<string>(), TestContext.Current.CancellationToken);
        await Assertions.Expect(page.Locator("#found")).ToContainTextAsync($"realm:{ManagerUnderTest.Realm} not warm on any server", SoonPart);
        Assert.NotEqual("0 renders", await page.Locator(".chart").First.TextContentAsync());
        Assert.Empty(await page.EvaluateAsync<string[]>(Accessibility.LowContrast));
        Assert.Empty(await page.EvaluateAsync<string[]>(Accessibility.Unnamed));
        Assert.False(await page.EvaluateAsync<bool>("() => 'broken' in globalThis"));
        Assert.Empty(Browser.Errors);
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
        await Assertions.Expect(tried).ToContainTextAsync("by prerender-0</p>", SoonPart);
        await Assertions.Expect(tried).ToContainTextAsync("123 ms", SoonPart);
        await Assertions.Expect(tried).ToContainTextAsync($"curl -s '{Manager.App.Urls.Single()}/renders'", SoonPart);
        await page.WaitForFunctionAsync("() => document.querySelector('#tried img.shot')?.naturalWidth === 1");
        await Assertions.Expect(tried).ToContainTextAsync("Markdown after", SoonPart);
        await Assertions.Expect(tried).ToContainTextAsync("format=markdown", SoonPart);
        Assert.All<PageRequest>([server.Screenshots.Last(), .. server.Calls.Select(call => call.Request)], request =>
        {
            Assert.Equal((800, "mobile", PageColorScheme.Dark, "#price"), (request.Width, request.Device, request.ColorScheme, request.WaitForSelector));
            Assert.Equal(["*/ads/*", "*/track"], request.BlockUrls);
        });
        Assert.Equal("", await page.Locator("#tried iframe").GetAttributeAsync("sandbox"));
        await Assertions.Expect(page.FrameLocator("#tried iframe").Locator("p")).ToHaveTextAsync("by prerender-0", SoonText);
        Assert.Empty(await page.EvaluateAsync<string[]>(Accessibility.LowContrast));
        Assert.Empty(await page.EvaluateAsync<string[]>(Accessibility.Unnamed));
        Assert.Equal("", string.Join('\n', Browser.Errors));
    }
}
