using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using System.Security.Cryptography;
using System.Text;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.Tests.Browser;

[Collection(BrowserCollection.Name)]
public sealed class BrowserPageTests(BrowserFixture browser)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Boot_CooperativeHost_ReadsTokenAndCapabilities()
    {
        await using var slot = await browser.OpenAsync();
        Assert.Equal("token-a", slot.Page.ShellToken);
        Assert.True(slot.Page is { IsHostBooted: true, OffersRender: true, Host: { Renders: true, TellsStage: true } });
        Assert.EndsWith("Fleet-Prerender/1.0", browser.Site.UserAgent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boot_HostWithoutContractOrHeader_IsAPageWithTheHashOfItsBytes()
    {
        await WithShellAsync(TestPages.Plain, null, 404, async () =>
        {
            await using var slot = await browser.OpenAsync();
            Assert.False(slot.Page.OffersRender!.Value);
#pragma warning disable CA5351 // The hash names a version; it is not for security.
            Assert.Equal(Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(TestPages.Plain))), slot.Page.ShellToken);
        });
    }

    [Theory]
    [InlineData("setTimeout(() => { document.body.append('first render'); setTimeout(() => { globalThis.fleet = { render() {}, version: '1', capabilities: ['render'], ready: new Promise((r) => setTimeout(r, 50)) }; }, 50); }, 50)")]
    [InlineData("fetch('/elements/late').then(() => { globalThis.fleet = {}; setTimeout(() => Object.assign(fleet, { render() {}, version: '1', capabilities: ['render'] }), 20); })")]
    public async Task Boot_HostContractThatIsSetLate_IsFound(string script)
    {
        browser.Site.Routes["/elements/late"] = http => Task.Delay(400, Token).ContinueWith(_ => http.Response.WriteAsync("late"), TaskScheduler.Default).Unwrap();
        await WithShellAsync($"<!doctype html><body><script>{script}</script>", "t", 200, async () =>
        {
            await using var slot = await browser.OpenAsync();
            Assert.True(slot.Page.OffersRender!.Value);
        });
    }

    [Fact]
    public async Task Boot_HostThatIsNeverReady_EndsAtItsDeadline()
    {
        await using var slot = await browser.OpenAsync();
        await WithShellAsync("<script>globalThis.fleet = { render() {}, ready: new Promise(() => {}) }</script>", "t", 200, async () =>
        {
            var settings = browser.PageSettings with { BootTimeout = TimeSpan.FromMilliseconds(700) };
            var start = TimeProvider.System.GetTimestamp();
            await Assert.ThrowsAsync<BrowserTimeoutException>(async () =>
                await BrowserPage.OpenAsync(await browser.Adapter.ContextOf(slot.Number), settings, boots: true, _ => { }, Token));
            Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromMilliseconds(600), TimeSpan.FromSeconds(20));
        });
    }

    [Fact]
    public async Task Boot_Cancelled_LeavesNoSecondPage()
    {
        await using var slot = await browser.OpenAsync();
        // Half of the pages that get the close command in the middle of a navigation ignore it the first time.
        for (var time = 0; time < 3; time++)
        {
            await WithShellAsync("<script>globalThis.fleet = { render() {}, ready: new Promise(() => {}) }</script>", "t", 200, async () =>
            {
                browser.Site.ForgetHits();
                using var stop = new CancellationTokenSource();
                var rebooting = browser.Adapter.ReplacePageAsync(slot.Number, stop.Token);
                await Eventually.Async(() => browser.Site.Hits("/_standby") == 1, "the new page boots");
                await stop.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rebooting);
            });
            await HasOnePageAsync(slot.Number);
        }
    }

    [Fact]
    public async Task Navigate_PageThatComputes_EachStepHasTheRemainingTime()
    {
        await using var slot = await browser.OpenAsync();
        slot.Page.Activity.Begin();
        var pegged = slot.Page.EvaluateAsync("(() => { for (;;); })()", TimeSpan.FromMinutes(1), Token);
        await BusyPage.NotAnsweringAsync(slot.Page, Token);
        var error = await Assert.ThrowsAsync<BrowserTimeoutException>(() => slot.Page.NavigateAsync(browser.Site["elements/x"], _ => true, false, TimeSpan.FromMilliseconds(300), Token));
        Assert.StartsWith("The browser did not answer DOMStorage.clear within 0.", error.Message, StringComparison.Ordinal);
        await slot.Page.TerminateAsync(s_deadline, Token);
        await Assert.ThrowsAnyAsync<BrowserException>(() => pegged);
    }

    [Fact]
    public async Task Create_CancelledAtOnce_CanBeClosed()
    {
        const long Slot = 1_000_000;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => browser.Adapter.CreateAsync(Slot, 1, new CancellationToken(canceled: true)));
        var context = await browser.Adapter.ContextOf(Slot);
        await browser.Adapter.CloseAsync(Slot, Token);
        var left = await context.Connection.Browser.CallAsync("Target.getBrowserContexts", null, s_deadline, Token);
        Assert.DoesNotContain(context.Id, left.GetProperty("browserContextIds").EnumerateArray().Select(id => id.GetString()));
    }

    [Fact]
    public async Task Boot_HostWhoseSelfCheckFails_SaysWhy()
    {
        await WithShellAsync("<script>globalThis.fleet = { render() {}, ready: Promise.reject(new Error('templates are missing')) }</script>", "t", 200, async () =>
        {
            var error = await Assert.ThrowsAsync<PageScriptException>(() => browser.OpenAsync());
            Assert.Contains("templates are missing", error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task ReplacePage_AfterTheShellChanged_HasTheNewToken()
    {
        await using var slot = await browser.OpenAsync();
        await WithShellAsync(TestPages.Host, "token-b", 200, async () =>
            Assert.Equal("token-b", (await browser.Adapter.ReplacePageAsync(slot.Number, Token)).ShellToken));
        Assert.Equal(PageTermination.Closed, slot.Page.End);
    }

    [Theory]
    [InlineData("http://127.1:{port}/")]
    [InlineData("http://2130706433:{port}/")]
    [InlineData("http://0x7f.1:{port}/")]
    [InlineData("http://0177.0.0.1:{port}/")]
    [InlineData("http://[::1]:{port}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{port}/")]
    [InlineData("http://localhost:{port}/")]
    [InlineData("http://127.0.0.1:{port}/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://example.com/")]
    public async Task Navigate_OutsideTheAllowList_DoesNotExistForChromium(string template)
    {
        // The other site listens on loopback, on a port that is not allowed.
        var url = new Uri(template.Replace("{port}", $"{browser.OtherSite.Url.Port}", StringComparison.Ordinal));
        browser.OtherSite.ForgetHits();
        await using var slot = await browser.OpenAsync();
        var error = await Assert.ThrowsAsync<NavigationException>(() => slot.Page.NavigateAsync(url, _ => true, false, s_deadline, Token));
        Assert.Equal("ERR_NAME_NOT_RESOLVED", error.Code);
        Assert.Equal(0, browser.OtherSite.Hits("/"));
    }

    [Theory]
    [InlineData("fetch('{other}x')")]
    [InlineData("new Promise((yes, no) => { const i = new Image(); i.onload = yes; i.onerror = () => no(new Error('blocked')); i.src = '{other}x.png' })")]
    [InlineData("new Promise((yes, no) => { const s = new WebSocket('{other}x'.replace('http', 'ws')); s.onopen = yes; s.onerror = () => no(new Error('blocked')) })")]
    public async Task SubResource_OutsideTheAllowList_IsNotReached(string script)
    {
        browser.OtherSite.ForgetHits();
        await using var slot = await browser.OpenAsync();
        await Assert.ThrowsAsync<PageScriptException>(() =>
            slot.Page.EvaluateAsync(script.Replace("{other}", browser.OtherSite.Url.AbsoluteUri, StringComparison.Ordinal), s_deadline, Token));
        Assert.Equal(0, browser.OtherSite.Hits("/x"));
    }

    /// <summary>Each window would cost a process, until it is closed.</summary>
    [Theory]
    [InlineData("open('about:blank')")]
    [InlineData("document.body.append(document.createElement('iframe')); frames[0].open('about:blank')")]
    [InlineData("const form = document.createElement('form'); form.target = '_blank'; form.action = '/x'; document.body.append(form); form.submit()")]
    [InlineData("const link = document.createElement('a'); link.target = '_blank'; link.href = '/x'; document.body.append(link); link.click()")]
    public async Task Window_OfAPage_IsNotOpened(string script)
    {
        await using var slot = await browser.OpenAsync();
        var context = await browser.Adapter.ContextOf(slot.Number);
        var opened = new ConcurrentQueue<string>();
        context.Connection.Browser.On("Target.targetCreated", created =>
        {
            var target = created.GetProperty("targetInfo");
            if (target.GetProperty("browserContextId").ValueEquals(context.Id))
            {
                opened.Enqueue(target.GetProperty("targetId").GetString()!);
            }
        });

        // A form is sent by a task of its own.
        await slot.Page.EvaluateAsync($"(() => {{ {script} }})(), new Promise((done) => setTimeout(() => setTimeout(done)))", s_deadline, Token);
        // Targets are announced in their order.
        var (last, _) = await context.OpenPageAsync(s_deadline, Token);
        await Eventually.TrueAsync(() => opened.Contains(last), TimeSpan.FromSeconds(30), () => "the last page to be announced");
        await context.ClosePageAsync(last, s_deadline, Token);

        Assert.Equal([last], opened);
    }

    [Fact]
    public async Task Show_UnderTheMouse_IsNotHovered()
    {
        await using var slot = await browser.OpenAsync();
        await slot.Page.EvaluateAsync($"({PageScripts.Show})('<a style=\"pointer-events: auto\">card</a>')", s_deadline, Token);
        Assert.Equal("card", (await slot.Page.EvaluateAsync("document.getElementById('fleet-screenshot').innerText", s_deadline, Token)).GetString());
        Assert.False((await slot.Page.EvaluateAsync("!!document.elementFromPoint(2, 2)?.closest('#fleet-screenshot')", s_deadline, Token)).GetBoolean());
    }

    /// <summary>A page is still listed for a moment after the close command.</summary>
    private async Task HasOnePageAsync(long slot)
    {
        var context = await browser.Adapter.ContextOf(slot);
        var pages = -1;
        await Eventually.Async(() => (pages = PagesAsync(context).Result) == 1, "one page is left", () => $"{pages} pages in the context");
    }

    private static async Task<int> PagesAsync(CdpContext context)
    {
        var targets = await context.Connection.Browser.CallAsync("Target.getTargets", null, s_deadline, Token);
        return targets.GetProperty("targetInfos").EnumerateArray().Count(t => t.GetProperty("browserContextId").ValueEquals(context.Id));
    }

    private async Task WithShellAsync(string html, string? token, int status, Func<Task> test)
    {
        var site = browser.Site;
        (site.Shell, site.ShellToken, site.ShellStatus) = (html, token, status);
        try
        {
            await test();
        }
        finally
        {
            (site.Shell, site.ShellToken, site.ShellStatus) = (TestPages.Host, "token-a", 200);
        }
    }
}
