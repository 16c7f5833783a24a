using Fleet.Contracts;
using Microsoft.Playwright;

namespace Fleet.Tests.Manager;

/// <summary>The fleet page in a real browser: readable at any width and without sight, and names stay text.</summary>
public sealed class FleetPageReadabilityTests(OperatorBrowser browser) : FleetPageTestBase(browser)
{
    private const string Hostile = "<img src=x onerror=\"globalThis.broken = 1\">";

    [Fact]
    public async Task Page_HostileNames_StayText()
    {
        await Manager.Registry.Realms.AnnounceAsync("realm-1", [new RealmRecord(ManagerUnderTest.Host + "/__proto__/", Hostile)], TestContext.Current.CancellationToken);
        var server = await AddAsync("prerender-0");
        server.Describe = record => Busy(record) with { Name = Hostile, Browser = Hostile, SlotStates = [new(1, Hostile) { Affinity = "realm:" + Hostile, Shell = Hostile }] };
        await server.RegisterAsync(Manager.Registry, ServerState.Ready, 4);
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator(".server h3")).ToHaveTextAsync(Hostile, SoonText);
        await page.Locator(".server summary").ClickAsync();
        await Assertions.Expect(page.Locator(".server tbody")).ToContainTextAsync(Hostile, SoonPart);
        await Assertions.Expect(page.Locator("#realms")).ToContainTextAsync(Hostile, SoonPart);
        await page.Locator("#search input").FillAsync(Hostile);
        await page.Locator("#search button").ClickAsync();
        await Assertions.Expect(page.Locator("#found")).ToContainTextAsync("No affinity matches", SoonPart);
        Assert.False(await page.EvaluateAsync<bool>("() => 'broken' in globalThis"));
        Assert.Equal(0, await page.Locator("main img").CountAsync());
        Assert.Empty(Browser.Errors);
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
            await server.RegisterAsync(Manager.Registry, (ServerState)i, 4);
        }

        var page = await Browser.OpenAsync(Manager.App.Urls.Single(), width, 900, dark);
        await Assertions.Expect(page.Locator(".server")).ToHaveCountAsync(3, SoonCount);
        await page.EvaluateAsync("() => { document.querySelector('.server details').open = true; }");
        await page.WaitForFunctionAsync("() => document.querySelectorAll('.server tbody tr').length > 0 && !document.querySelector('.server .pill:empty')");
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
        Assert.Empty(Browser.Errors);
    }
}
