using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.Tests.RealmServer;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace Fleet.Tests.Sample;

/// <summary>The page with the state of the index, in a real browser.</summary>
[Collection(SampleCollection.Name)]
public sealed class IndexPageTests(SampleSite site) : IAsyncDisposable
{
    private const string Hostile = "<img src=x onerror=\"globalThis.broken = 1\">";

    public ValueTask DisposeAsync() => site.CloseAllAsync();

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task Failure_Listed_ShowsItsReasonAndItsDiagnosticsAsText(int width)
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(request.Url.EndsWith("helium", StringComparison.Ordinal)
            ? FakeManager.Ended(RenderOutcome.Failed, request, new(shell.Token, shell.Generation, true) { CurrentAtStart = true }, Hostile) with
            {
                Diagnostics = new() { Message = Hostile, Stage = "render", Stack = "at template.js:7", Console = [Hostile], FailedRequests = ["404 /assets/gone.js"] },
            }
            : FakeManager.Rendered(request, shell));
        await server.With(manager).StartAsync();
        var page = await site.OpenAsync();
        await page.SetViewportSizeAsync(width, 800);

        await page.GotoAsync(server.Url + "_index");

        // A second pass, which finds the stored cards, may have run before the page was opened.
        await Assertions.Expect(page.Locator("#words")).ToHaveTextAsync(new Regex("^Complete: 3 of 3 cards, [02] stored already, 1 failed$"), new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator("#failures li")).ToHaveCountAsync(1, new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator("#failures li span")).ToHaveTextAsync(Hostile, new() { Timeout = 30_000 });
        await page.Locator("#failures summary").ClickAsync();
        await Assertions.Expect(page.Locator("#failures pre")).ToHaveTextAsync(
            $"{Hostile}\nStage: render\nat template.js:7\nConsole: {Hostile}\nRequest: 404 /assets/gone.js", new() { Timeout = 30_000 });
        // The lists are read again every 10 s.
        await page.EvaluateAsync("() => lists()");
        await Assertions.Expect(page.Locator("#failures details[open] pre")).ToContainTextAsync("Stage: render", new() { Timeout = 30_000 });
        Assert.False(await page.EvaluateAsync<bool>("() => 'broken' in globalThis"));
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the window.");
    }

    [Fact]
    public async Task Lists_ReadAgain_KeepWhatIsOpenAndShowWhatHasChanged()
    {
        await using var server = new RealmServerUnderTest();
        await using var manager = await FakeManager.StartAsync(server.Registry);
        await server.With(manager).StartAsync();
        var page = await site.OpenAsync();
        await page.GotoAsync(server.Url + "_index");
        await Assertions.Expect(page.Locator("#words")).ToContainTextAsync("Complete", new() { Timeout = 30_000 });

        // A list that the server does not fill.
        await page.EvaluateAsync("() => list('problems', [{ where: 'a', reason: 'x' }, { where: 'b', reason: 'x' }])");
        await page.EvaluateAsync("() => list('problems', [{ where: 'a', reason: 'x', more: '/_index?1' }, { where: 'c', reason: 'x' }])");
        Assert.Equal(["a", "c"], await page.Locator("#problems li b").AllTextContentsAsync());
        await page.Locator("#problems summary").ClickAsync();
        await page.EvaluateAsync("() => list('problems', [{ where: 'c', reason: 'x' }, { where: 'a', reason: 'x', more: '/_index?2' }])");
        Assert.Equal(["c", "a"], await page.Locator("#problems li b").AllTextContentsAsync());
        Assert.EndsWith("/_index?2", await page.Locator("#problems details[open] a").EvaluateAsync<string>("link => link.href"), StringComparison.Ordinal);
        await page.EvaluateAsync("() => list('problems', [])");
        await Assertions.Expect(page.Locator("#problems")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task App_WithoutRealms_ShowsItsStoredRoutes()
    {
        await using var server = new RealmServerUnderTest();
        Directory.Delete(Path.Combine(server.Realms.Path, "elements"), recursive: true);
        await using var manager = await FakeManager.StartAsync(server.Registry);
        manager.Answer = (request, shell) => Results.Ok(FakeManager.Document(request, shell, "<p>A page</p>"));
        await server.With(manager).StartAsync();
        var page = await site.OpenAsync();
        await page.GotoAsync(server.Url + "_index");
        await Assertions.Expect(page.Locator("#words")).ToHaveTextAsync("Complete: there are no cards", new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator("#routes")).ToContainTextAsync("No route of the app is stored yet", new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator("#bar")).ToBeHiddenAsync();

        foreach (var path in (string[])["about", "products/1"])
        {
            using var response = await server.GetAsync(path, with: request => request.Headers.UserAgent.ParseAdd("Googlebot/2.1"));
            Assert.True(response.IsSuccessStatusCode);
        }

        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#routes")).ToContainTextAsync("2 routes of the app are stored; the newest was rendered", new() { Timeout = 30_000 });
    }
}
