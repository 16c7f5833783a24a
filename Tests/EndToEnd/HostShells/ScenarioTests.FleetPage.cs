using System.Text.RegularExpressions;
using Fleet.Tests.Manager;
using Microsoft.Playwright;

namespace Fleet.Tests.HostShells;

/// <summary>A deploy as the fleet page shows it, in a real browser.</summary>
public sealed partial class ScenarioTests
{
    private const float PageLimit = 60_000;

    [Fact]
    public async Task FleetPage_DeployThenFrozenServer_AreShownWithoutReload()
    {
        await Fleet.FreshAsync();
        await using var browser = new OperatorBrowser();
        await browser.InitializeAsync();
        var page = await browser.OpenAsync(Fleet.Processes.Topology.Manager.AbsoluteUri);
        await Assertions.Expect(page.Locator("#phase")).ToHaveTextAsync("converged", new() { Timeout = PageLimit });
        await Assertions.Expect(page.Locator(".server .pill.good")).ToHaveCountAsync(Fleet.Servers.Count, new() { Timeout = PageLimit });
        await page.EvaluateAsync("() => { globalThis.sameDocument = true; }");

        // Nothing boots until the page has been seen.
        var hold = new TaskCompletionSource();
        await using var released = new Restoration(() => { hold.TrySetResult(); return Task.CompletedTask; });
        Fleet.Proxy.Hold = hold.Task;
        var token = Fleet.App.Deploy(Fleet.NextVersion());
        await Assertions.Expect(page.Locator("#shell")).ToContainTextAsync(token, new() { Timeout = PageLimit });
        await Assertions.Expect(page.Locator("#phase")).ToHaveTextAsync(NotConverged(), new() { Timeout = PageLimit });
        await Assertions.Expect(page.Locator("#spread")).ToContainTextAsync(NoneCurrent(), new() { Timeout = PageLimit });
        hold.SetResult();
        await Assertions.Expect(page.Locator("#phase")).ToHaveTextAsync("converged", new() { Timeout = PageLimit });
        await Assertions.Expect(page.Locator("#spread")).ToContainTextAsync(AllCurrent(), new() { Timeout = PageLimit });
        await Assertions.Expect(page.Locator(".slot.stale")).ToHaveCountAsync(0, new() { Timeout = PageLimit });

        var frozen = Fleet.Processes["prerender-2"];
        frozen.Freeze();
        await using var thawed = new Restoration(() => { frozen.Thaw(); return Task.CompletedTask; });
        // The frozen server does not answer, and is removed once its heartbeat is too old.
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync(NotThere(), new() { Timeout = PageLimit });
        await Assertions.Expect(page.Locator(".server .pill.good")).ToHaveCountAsync(Fleet.Servers.Count - 1, new() { Timeout = PageLimit });
        frozen.Thaw();
        await Assertions.Expect(page.Locator(".server .pill.good")).ToHaveCountAsync(Fleet.Servers.Count, new() { Timeout = PageLimit });
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("All is well", new() { Timeout = PageLimit });

        Assert.True(await page.EvaluateAsync<bool>("() => globalThis.sameDocument === true"));
        Assert.Empty(browser.Errors);
    }

    [GeneratedRegex("^(rolling|spreading)$")]
    private static partial Regex NotConverged();

    [GeneratedRegex("^0 of [1-9]")]
    private static partial Regex NoneCurrent();

    [GeneratedRegex(@"^(\d+) of \1 pages on the current shell")]
    private static partial Regex AllCurrent();

    [GeneratedRegex("prerender-2 (does not answer|is gone without a drain)")]
    private static partial Regex NotThere();
}
