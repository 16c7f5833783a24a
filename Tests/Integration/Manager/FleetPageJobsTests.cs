using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Tests.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;

namespace Fleet.Tests.Manager;

/// <summary>Jobs on the fleet page in a real browser, on a real manager.</summary>
public sealed class FleetPageJobsTests(OperatorBrowser browser) : IClassFixture<OperatorBrowser>, IAsyncLifetime
{
    private static readonly LocatorAssertionsToContainTextOptions s_part = new() { Timeout = 30_000 };
    private static readonly LocatorAssertionsToHaveCountOptions s_count = new() { Timeout = 30_000 };

    private readonly SemaphoreSlim _gate = new(0);
    private ManagerUnderTest _manager = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var registry = new InMemoryRegistry(new TickingClock(), NullLoggerFactory.Instance, TimeProvider.System);
        await ManagerUnderTest.AnnounceRealmAsync(registry);
        _manager = await ManagerUnderTest.StartAsync(registry);
        var server = await _manager.AddServerAsync("prerender-0", slots: 4);
        var answer = server.Answer;
        server.Answer = async (http, request) =>
        {
            await _gate.WaitAsync(http.RequestAborted);
            await answer(http, request);
        };
    }

    public async ValueTask DisposeAsync()
    {
        await browser.CloseAllAsync();
        browser.Errors.Clear();
        await _manager.DisposeAsync();
        _gate.Dispose();
    }

    [Fact]
    public async Task Jobs_RunningJob_ShowsItsProgressItsResultsAndIsCancelledAfterAQuestion()
    {
        var urls = Enumerable.Range(0, 39).Select(n => ManagerUnderTest.Realm + n).Prepend("http://elsewhere.example/<b>");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = JsonContent.Create(new { urls }) };
        request.Headers.Authorization = new("Bearer", ManagerUnderTest.AdminKey);
        using var created = await _manager.Client.SendAsync(request, Token);
        var id = (await created.Content.ReadFromJsonAsync<JobStatus>(FleetJson.Options, Token))!.Id;

        var page = await browser.OpenAsync(_manager.Client.BaseAddress!.AbsoluteUri);
        await Assertions.Expect(page.Locator("main")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await page.Locator("#load-jobs").ClickAsync();
        await page.Locator("#dialog input").FillAsync(ManagerUnderTest.AdminKey);
        await page.Locator("#dialog-ok").ClickAsync();
        await Assertions.Expect(page.Locator("#jobs > li")).ToHaveCountAsync(1, s_count);
        await Assertions.Expect(page.Locator("#jobs")).ToContainTextAsync("1 of 40 URLs · 1 skipped", s_part);
        await Assertions.Expect(page.Locator("#jobs .pill").First).ToContainTextAsync("running", s_part);

        // Without a click.
        _gate.Release(7);
        await Assertions.Expect(page.Locator("#jobs")).ToContainTextAsync("8 of 40 URLs", s_part);
        Assert.Equal(("8", "40"), (await page.Locator("#jobs progress").GetAttributeAsync("value"), await page.Locator("#jobs progress").GetAttributeAsync("max")));

        await page.Locator("#jobs summary").ClickAsync();
        await Assertions.Expect(page.Locator("#jobs details li")).ToHaveCountAsync(8, s_count);
        await Assertions.Expect(page.Locator("#jobs details")).ToContainTextAsync("http://elsewhere.example/<b>", s_part);
        await Assertions.Expect(page.Locator("#jobs details")).ToContainTextAsync("not-allowed", s_part);

        await page.GetByRole(AriaRole.Button, new() { Name = $"Cancel job {id}" }).ClickAsync();
        await page.Locator("#dialog-cancel").ClickAsync();
        await Assertions.Expect(page.Locator("#jobs .pill").First).ToContainTextAsync("running", s_part);
        await page.GetByRole(AriaRole.Button, new() { Name = $"Cancel job {id}" }).ClickAsync();
        await page.Locator("#dialog-ok").ClickAsync();
        await Assertions.Expect(page.Locator("#jobs .pill").First).ToContainTextAsync("cancelled", s_part);
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = $"Cancel job {id}" })).ToHaveCountAsync(0, s_count);
        Assert.Empty(browser.Errors);
    }
}
