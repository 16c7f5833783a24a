using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Fleet.Tests.Manager;

/// <summary>Stored pages on the fleet page in a real browser, on a real manager that passes the requests on to a realm server of the test.</summary>
public sealed class FleetPageStoreTests(OperatorBrowser browser) : IClassFixture<OperatorBrowser>, IAsyncLifetime
{
    private const string Hostile = "http://127.0.0.1:9/<img src=x onerror=\"globalThis.broken = 1\">";
    private const string Key = "Bearer " + ManagerUnderTest.AdminKey;

    private static readonly LocatorAssertionsToContainTextOptions s_part = new() { Timeout = 30_000 };
    private static readonly LocatorAssertionsToHaveCountOptions s_count = new() { Timeout = 30_000 };

    private readonly ConcurrentQueue<string> _received = new();
    private WebApplication _realm = null!;
    private ManagerUnderTest _manager = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _realm = builder.Build();
        _realm.Urls.Add("http://127.0.0.1:0");
        _realm.Run(AnswerAsync);
        await _realm.StartAsync(Token);
        _manager = await ManagerUnderTest.StartAsync($"--services:realm:http:0={_realm.Urls.Single()}");
    }

    public async ValueTask DisposeAsync()
    {
        await browser.CloseAllAsync();
        browser.Errors.Clear();
        await _manager.DisposeAsync();
        await _realm.DisposeAsync();
    }

    [Fact]
    public async Task List_MorePagesThanFit_ShowsAllAsTextAndActsOnOneAndOnAll()
    {
        var page = await OpenAsync();
        await page.GetByLabel("URL contains").FillAsync("a&b=<c>");
        await page.GetByLabel("State").SelectOptionAsync("outdated");
        await page.Locator("#store button").ClickAsync();
        await page.Locator("#dialog input").FillAsync(ManagerUnderTest.AdminKey);
        await page.Locator("#dialog-ok").ClickAsync();
        await Assertions.Expect(page.Locator("#stored li")).ToHaveCountAsync(1, s_count);
        Assert.Equal($"GET /_pages?limit=50&match=a%26b%3D%3Cc%3E&state=outdated {Key} ", _received.Last());

        await page.GetByRole(AriaRole.Button, new() { Name = "Show 1 more" }).ClickAsync();
        await Assertions.Expect(page.Locator("#stored li")).ToHaveCountAsync(2, s_count);
        await Assertions.Expect(page.Locator("#stored")).ToContainTextAsync(Hostile, s_part);
        await Assertions.Expect(page.Locator("#store-total")).ToContainTextAsync("2 pages", s_part);

        await page.Locator("#stored summary").First.ClickAsync();
        await Assertions.Expect(page.Locator("#stored pre")).ToContainTextAsync("\"shellToken\": \"abc\"", s_part);

        await page.GetByRole(AriaRole.Button, new() { Name = "Recache http://127.0.0.1:9/a" }).ClickAsync();
        await page.Locator("#dialog-ok").ClickAsync();
        await Assertions.Expect(page.Locator("#report-rows")).ToContainTextAsync("A render is queued.", s_part);
        Assert.Equal($"POST /_pages/recache {Key} {{\"urls\":[\"http://127.0.0.1:9/a\"]}}", _received.Last());
        await page.Locator("#report-close").ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Purge all listed pages" }).ClickAsync();
        await page.Locator("#dialog-ok").ClickAsync();
        await Assertions.Expect(page.Locator("#report-rows li")).ToHaveCountAsync(2, s_count);
        Assert.StartsWith("POST /_pages/purge ", _received.Last(), StringComparison.Ordinal);
        Assert.False(await page.EvaluateAsync<bool>("() => 'broken' in globalThis"));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task List_RealmServerIsAway_SaysSo()
    {
        await _realm.StopAsync(Token);
        var page = await OpenAsync();
        await page.Locator("#store button").ClickAsync();
        await page.Locator("#dialog input").FillAsync(ManagerUnderTest.AdminKey);
        await page.Locator("#dialog-ok").ClickAsync();
        await Assertions.Expect(page.Locator("#stored")).ToContainTextAsync("The realm server (services:realm:http:0) cannot be reached.", s_part);
    }

    [Theory]
    [InlineData("GET", "/_pages")]
    [InlineData("GET", "/_pages/page?url=/a")]
    [InlineData("POST", "/_pages/recache")]
    [InlineData("POST", "/_pages/purge")]
    public async Task Send_WithoutTheAdminKey_IsRefusedAndNotPassedOn(string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path);
        using var response = await _manager.Client.SendAsync(request, Token);
        Assert.Equal(401, (int)response.StatusCode);
        Assert.Empty(_received);
    }

    [Fact]
    public async Task Send_RequestIsRefused_IsTheRealmServersAnswer()
    {
        _manager.UseAdminKey();
        using var response = await _manager.Client.GetAsync("/_pages?limit=0&url=%2Fa%20b%2F%2F", Token);
        Assert.Equal((400, "{\"detail\":\"'limit' is 0\"}"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token)));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal($"GET /_pages?limit=0&url=%2Fa%20b%2F%2F {Key} ", Assert.Single(_received));
    }

    private async Task<IPage> OpenAsync()
    {
        var page = await browser.OpenAsync(_manager.Client.BaseAddress!.AbsoluteUri);
        await Assertions.Expect(page.Locator("main")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        return page;
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        _received.Enqueue($"{http.Request.Method} {http.Request.GetEncodedPathAndQuery()} {http.Request.Headers.Authorization} {body}");
        var query = http.Request.Query;
        await (http.Request.Path.Value switch
        {
            "/_pages" when query["limit"] == "0" => Results.Text("{\"detail\":\"'limit' is 0\"}", "application/problem+json", statusCode: 400),
            "/_pages" => query["after"] == "1"
                ? Results.Json(new { pages = new[] { Entry(Hostile) }, total = 2 })
                : Results.Json(new { pages = new[] { Entry("http://127.0.0.1:9/a") }, total = 2, next = "1" }),
            "/_pages/page" => Results.Json(new { url = query["url"].ToString(), shellToken = "abc" }),
            _ => Results.Json(new { pages = JsonDocument.Parse(body).RootElement.GetProperty("urls").EnumerateArray().Select(url => new { url = url.GetString(), result = "accepted" }) }, statusCode: 202),
        }).ExecuteAsync(http);
    }

    private static object Entry(string url) => new { url, kind = "route", state = "outdated", status = 200, ageSeconds = 90, bytes = 2048 };
}
