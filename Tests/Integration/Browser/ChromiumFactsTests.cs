using System.Diagnostics;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Browser;

/// <summary>Facts about Chromium that the pool and the rendering rely on. A Chromium that changes one of them must fail here and not in production.
/// Bounds are about ten times the measured values.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ChromiumFactsTests(BrowserFixture browser)
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(400);
    /// <summary>Anything that ended only by a timeout would take longer.</summary>
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Hangs => ["loop", "regex", "microtasks", "frames"];

    [Fact]
    public async Task PeggedPage_Evaluate_HangsButMetricsAndPauseAnswer()
    {
        await using var slot = await browser.OpenAsync();
        await PegAsync(slot.Page, "loop");

        await Assert.ThrowsAsync<BrowserTimeoutException>(() => slot.Page.EvaluateAsync("1", s_short, Token));
        Assert.False(await browser.Adapter.ProbeAsync(slot.Number, Token));
        Assert.NotEqual(TimeSpan.Zero, await slot.Page.ComputedAsync(s_long, Token));
        Assert.Null(await slot.Page.MeasureAsync(Token));
        var stack = await slot.Page.PauseAsync(s_long, Token);
        Assert.Contains("loop", stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Measure_PageThatKeepsBuffersOrNodes_CountsThem()
    {
        await using var slot = await browser.OpenAsync();
        var before = (await slot.Page.MeasureAsync(Token))!.Value;
        await slot.Page.EvaluateAsync("globalThis.kept = Array.from({ length: 20 }, () => new Uint8Array(1e7).fill(1)); 1", s_hang, Token);
        var withBuffers = (await slot.Page.MeasureAsync(Token))!.Value;
        await slot.Page.EvaluateAsync("globalThis.kept = Array.from({ length: 200_000 }, () => document.createElement('p')); 1", s_hang, Token);
        var withNodes = (await slot.Page.MeasureAsync(Token))!.Value;
        Assert.InRange(withBuffers - before, 150_000_000, 260_000_000);
        Assert.True(withNodes - before > 15_000_000, $"Nodes are {withNodes - before:N0} bytes.");
    }

    [Theory, MemberData(nameof(Hangs))]
    public async Task Terminate_BusyPage_IsFreeAndAnswersAgain(string hang)
    {
        await using var slot = await browser.OpenAsync();
        await PegAsync(slot.Page, hang);

        var start = Stopwatch.GetTimestamp();
        await slot.Page.TerminateAsync(s_long, Token);
        var took = Stopwatch.GetElapsedTime(start);
        Assert.True(await slot.Page.AnswersAsync(s_long, Token), $"After terminating '{hang}' the page does not answer.");
        Assert.True(took < s_hang, $"Terminating '{hang}' took {took}.");
    }

    [Theory, MemberData(nameof(Hangs))]
    public async Task Terminate_PausedPage_IsFreeToo(string hang)
    {
        await using var slot = await browser.OpenAsync();
        await PegAsync(slot.Page, hang);

        await slot.Page.PauseAsync(s_long, Token);
        await slot.Page.TerminateAsync(s_long, Token);
        Assert.True(await slot.Page.AnswersAsync(s_long, Token), $"After pausing and terminating '{hang}' the page does not answer.");
    }

    [Fact]
    public async Task Close_PeggedPage_IsQuick()
    {
        await using var slot = await browser.OpenAsync();
        await PegAsync(slot.Page, "loop");

        var start = Stopwatch.GetTimestamp();
        await browser.Adapter.CloseAsync(slot.Number, Token);
        var took = Stopwatch.GetElapsedTime(start);
        Assert.True(took < s_hang, $"Closing the context of a pegged page took {took}.");
    }

    [Fact]
    public async Task OtherContext_WhileOneIsPegged_IsUnaffected()
    {
        await using var pegged = await browser.OpenAsync();
        await using var other = await browser.OpenAsync();
        await PegAsync(pegged.Page, "loop");

        Assert.Equal(2, (await other.Page.EvaluateAsync("1+1", s_long, Token)).GetInt32());
        await using var fresh = await browser.OpenAsync();
        Assert.True(fresh.Page.Host.Renders);
    }

    [Fact]
    public async Task ReplacePage_SameContext_FetchesNothingAgain_FreshContextDoes()
    {
        browser.Site.Page("/cached", "<!doctype html><script src=/cached.js></script>");
        browser.Site.Routes["/cached.js"] = async http =>
        {
            http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            http.Response.ContentType = "text/javascript";
            await http.Response.Body.WriteAsync("globalThis.cached = 1"u8.ToArray(), http.RequestAborted);
        };
        browser.Site.ForgetHits();
        await using var slot = await browser.OpenAsync();
        await LoadAsync(slot.Page);
        var replaced = (BrowserPage)await browser.Adapter.ReplacePageAsync(slot.Number, Token);
        await LoadAsync(replaced);
        Assert.Equal(2, browser.Site.Hits("/cached"));
        Assert.Equal(1, browser.Site.Hits("/cached.js"));

        await using var fresh = await browser.OpenAsync();
        await LoadAsync(fresh.Page);
        Assert.Equal(2, browser.Site.Hits("/cached.js"));

        async Task LoadAsync(BrowserPage page)
        {
            await page.NavigateAsync(browser.Site["cached"], _ => true, false, s_long, Token);
            await page.EvaluateAsync("document.readyState === 'complete' || new Promise(r => addEventListener('load', () => r(true), {once: true}))", s_long, Token);
            Assert.Equal(1, (await page.EvaluateAsync("cached", s_long, Token)).GetInt32());
        }
    }

    /// <summary>A visit in a used slot: navigate, one evaluation, park. Each further command would slow down every page of any app.</summary>
    [Fact]
    public async Task Visit_WarmContext_TakesFewRoundTrips()
    {
        browser.Site.Page("/visited", "<!doctype html><p>x</p>");
        await using var slot = await browser.OpenAsync();
        var fewest = long.MaxValue;
        for (var visit = 0; visit < 5; visit++)
        {
            var before = browser.Adapter.Traffic;
            await slot.Page.NavigateAsync(browser.Site["visited"], _ => true, false, s_long, Token);
            await slot.Page.EvaluateAsync("1", s_long, Token);
            await slot.Page.ParkAsync(s_long, Token);
            // Some are repeated while the browser commits a document.
            fewest = Math.Min(fewest, (browser.Adapter.Traffic - before).Commands);
        }

        Assert.True(fewest <= 12, $"A warm visit takes {fewest} round trips.");
    }

    [Fact]
    public async Task Visit_WarmContext_FindsItsScriptsCompiled()
    {
        var functions = string.Concat(Enumerable.Range(0, 200).Select(i => $"function f{i}(x) {{ return x + {i}; }} sum += f{i}({i});"));
        browser.Site.Page("/compiled", "<!doctype html><script src=/compiled-5f3a9c1d.js></script>");
        browser.Site.Routes["/compiled-5f3a9c1d.js"] = async http =>
        {
            http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            http.Response.ContentType = "text/javascript";
            await http.Response.WriteAsync($"var sum = 0;{functions}globalThis.done = true", http.RequestAborted);
        };
        await using var slot = await browser.OpenAsync();
        await VisitAsync();
        await VisitAsync();
        var (compiled, read) = await CompiledAsync(slot, VisitAsync);

        Assert.True(compiled < 100 && read == 0, $"A visit compiled {compiled} functions, of a script with 200 that the visit before had compiled, and read {read} scripts from the code cache.");

        async Task VisitAsync()
        {
            await slot.Page.NavigateAsync(browser.Site["compiled"], _ => true, false, s_long, Token);
            await slot.Page.EvaluateAsync("document.readyState === 'complete' || new Promise(r => addEventListener('load', () => r(true), {once: true}))", s_long, Token);
            Assert.True((await slot.Page.EvaluateAsync("done", s_long, Token)).GetBoolean());
            await slot.Page.ParkAsync(s_long, Token);
        }
    }

    /// <summary>How many functions V8 compiles during an action, and how many scripts it reads from the code cache instead.</summary>
    private async Task<(int Compiled, int Read)> CompiledAsync(TestSlot slot, Func<Task> action)
    {
        var session = (await browser.Adapter.ContextOf(slot.Number)).Connection.Browser;
        var (names, complete) = (new List<string>(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        session.On("Tracing.dataCollected", data => names.AddRange(data.GetProperty("value").EnumerateArray().Select(e => e.GetProperty("name").GetString()!)));
        session.On("Tracing.tracingComplete", _ => complete.TrySetResult());
        await session.CallAsync("Tracing.start", static p =>
        {
            p.WriteStartObject("traceConfig"u8);
            p.WriteStartArray("includedCategories"u8);
            p.WriteStringValue("disabled-by-default-v8.compile"u8);
            p.WriteEndArray();
            p.WriteEndObject();
        }, s_hang, Token);
        await action();
        await session.CallAsync("Tracing.end", null, s_hang, Token);
        await complete.Task.WaitAsync(s_hang, Token);
        return (names.Count(name => name == "V8.CompileCode"), names.Count(name => name == "V8.CompileDeserialize"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pause_WarmVisitThatMayHang_HasItsStack(bool mayHang)
    {
        browser.Site.Page("/spins", "<!doctype html><script>function spin() { for (;;); } setTimeout(spin, 50)</script>");
        browser.Site.Page("/visited", "<!doctype html><p>x</p>");
        await using var slot = await browser.OpenAsync();
        await slot.Page.NavigateAsync(browser.Site["visited"], _ => true, false, s_long, Token);
        await slot.Page.ParkAsync(s_long, Token);
        await slot.Page.NavigateAsync(browser.Site["spins"], _ => true, mayHang, s_long, Token);
        await Eventually.TrueAsync(async () => !await slot.Page.AnswersAsync(s_short, Token), () => "the page spins");
        var stack = await slot.Page.PauseAsync(s_long, Token);
        Assert.Equal(mayHang, slot.Page.IsDebugged);
        Assert.Equal(mayHang, stack?.Contains("spin", StringComparison.Ordinal) == true);
        await slot.Page.TerminateAsync(s_long, Token);
        Assert.True(await slot.Page.AnswersAsync(s_long, Token));
    }

    /// <summary>Each change takes the browser's own process 0.7 ms. Without Chromium's limit of 200 in 10 s, one page could delay all others.</summary>
    [Fact]
    public async Task ChangesOfTheAddress_AboveTheLimit_AreIgnored()
    {
        await using var slot = await browser.OpenAsync();
        var seen = await slot.Page.EvaluateAsync("for (let i = 0; i < 1000; i++) history.replaceState(null, '', '#' + i); location.hash", s_hang, Token);
        Assert.NotEqual("#999", seen.GetString());
    }

    [Fact]
    public async Task Context_TwoPages_BothGetAnimationFrames()
    {
        await using var slot = await browser.OpenAsync();
        var context = await browser.Adapter.ContextOf(slot.Number);
        var second = await BrowserPage.OpenAsync(context, browser.PageSettings, boots: true, _ => { }, Token);
        foreach (var page in (BrowserPage[])[slot.Page, second])
        {
            Assert.True((await page.EvaluateAsync("new Promise(r => requestAnimationFrame(() => r(true)))", s_long, Token)).GetBoolean());
            Assert.Equal("visible", (await page.EvaluateAsync("document.visibilityState", s_long, Token)).GetString());
        }
    }

    [Fact]
    public async Task DebuggerStatement_InPage_DoesNotStopIt()
    {
        await using var slot = await browser.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            // A navigation may take the page to another process, where the debugger starts anew.
            await slot.Page.BootAsync(s_long, Token);
            Assert.Equal(7, (await slot.Page.EvaluateAsync("(() => { debugger; debugger; return 7 })()", s_long, Token)).GetInt32());
        }
    }

    [Fact]
    public async Task Dialogs_InPage_DoNotStopIt()
    {
        await using var slot = await browser.OpenAsync();
        Assert.Equal("no", (await slot.Page.EvaluateAsync("(alert('x'), confirm('y') ? 'yes' : 'no')", s_long, Token)).GetString());
    }

    [Fact]
    public async Task Crash_OfRenderer_IsALossOfThatSlotOnly()
    {
        await using var crashing = await browser.OpenAsync();
        await using var other = await browser.OpenAsync();
        await crashing.Page.CrashAsync(Token);

        await Eventually.Async(() => browser.LossOf(crashing.Number) is not null, $"the loss of slot {crashing.Number} is reported");
        Assert.Equal(PageTermination.Crashed, crashing.Page.End);
        Assert.True(await browser.Adapter.ProbeAsync(other.Number, Token));
        await browser.Adapter.CloseAsync(crashing.Number, Token);
    }

    private static async Task PegAsync(BrowserPage page, string hang)
    {
        var never = page.EvaluateAsync($"(void Promise.resolve(fleet.render({{id: '1', url: 'http://x/{hang}', formats: []}})), 0)", s_long, Token);
        if (hang is not "frames")
        {
            await BusyPage.NotAnsweringAsync(page, Token);
        }

        _ = never.ContinueWith(t => _ = t.Exception, TaskScheduler.Default);
    }
}
