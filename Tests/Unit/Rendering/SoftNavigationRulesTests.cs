using System.Diagnostics.Metrics;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.PrerenderServer.Rendering;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Documents;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.PrerenderServer.Rendering.Painting;
using Fleet.PrerenderServer.Rendering.Soft;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Rendering;

/// <summary>Soft navigations of a page whose behavior the test defines, on a route that one equal comparison turns on.</summary>
public sealed class SoftNavigationRulesTests : IDisposable
{
    private const string Site = "http://site.example/";

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private static readonly string[] s_none = [];

    private readonly LogRecorder _log = new();
    private readonly RenderingOptions _options = new() { QuietNetwork = TimeSpan.Zero, QuietDocument = TimeSpan.Zero };
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly CpuLimiter _gate = new(1);
    private readonly LoggerFactory _logs;
    private readonly SoftControl _control;
    private readonly SoftNavigation _soft;
    private readonly PageCleanup _cleanup;
    private RenderProgress _progress = new(TimeProvider.System);

    public SoftNavigationRulesTests()
    {
        _logs = new([_log]);
        var meters = _services.GetRequiredService<IMeterFactory>();
        var time = TimeProvider.System;
        _control = new(LearningMode.Auto, new(Needed: 1, RendersPerComparison: 1, RendersPerSample: 1000, MaxApps: 8), meters, NullLogger<SoftControl>.Instance);
        var document = new DocumentRender(_options, new([Site]), new(time), time);
        var render = new SoftRender(document);
        _soft = new(document, render, new SoftComparison(document, render, _control, _options, _gate, time), _control, _options, new(new("http://host.example/")), time);
        _cleanup = new(_options, new FailureLog(time), new HostComparison(_options, new PaintControl(LearningMode.Off, meters, NullLogger<PaintControl>.Instance), _gate, time), _soft, _logs.CreateLogger<PageCleanup>());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _cleanup.Dispose();
        _logs.Dispose();
        _gate.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Run_RouteThatIsOn_IsASoftNavigationWithinItsLimit()
    {
        var limit = TimeSpan.MaxValue;
        var page = Page((deadline, _) => { limit = deadline; return Visited(); });
        await LearnAsync(page);
        Assert.NotNull((await RunAsync(page, "c")).Soft);
        Assert.NotEqual(TimeSpan.Zero, (await RunAsync(Page(null), "c")).LoadTime);
        Assert.InRange(limit, TimeSpan.Zero, s_deadline / 2);
    }

    [Fact]
    public async Task Run_WhoseResultIsStored_IsLoadedAndItsDocumentIsNotKept()
    {
        var page = Page((_, _) => Visited());
        await LearnAsync(page);
        var stored = Operation("c") with { FullLoad = true };
        var answer = await _soft.RunAsync(page, stored, _progress, Token);
        Assert.Null(answer.Soft);
        Assert.Null(await _soft.KeepAsync(page, stored, answer, Token));
        Assert.False(page.IsKept);
    }

    /// <summary>The attempt did not show the content of the URL.</summary>
    [Fact]
    public async Task Run_RejectedAttemptBeforeALoadThatIsLate_LeavesNothingOfTheAttempt()
    {
        var isBroken = false;
        var page = Page((_, _) => Visited(), () => isBroken ? throw new BrowserTimeoutException("late") : Loaded(), () => isBroken ? "500" : null);
        await LearnAsync(page);
        isBroken = true;
        await Assert.ThrowsAsync<BrowserTimeoutException>(() => RunAsync(page, "c"));
        Assert.Null(_progress.Finished);
    }

    [Fact]
    public async Task Run_AttemptsThatAreLate_TurnTheRouteOffOnlyAfterAFewTimes()
    {
        var isLate = false;
        var page = Page((_, _) => isLate ? throw new BrowserTimeoutException("late") : Visited());
        await LearnAsync(page);
        isLate = true;
        for (var i = 1; i <= RouteLearning.MaxUnsteady; i++)
        {
            Assert.Equal(1, _control.Status().RoutesOn);
            var answer = await RunAsync(page, $"late-{i}");
            Assert.Equal((RenderOutcome.Rendered, null), (answer.Outcome, answer.Soft));
            await _soft.KeepAsync(page, Operation($"late-{i}"), answer, Token);
        }

        Assert.Equal((0, 1), (_control.Status().RoutesOn, _control.Status().RoutesOff));
    }

    /// <summary>A page with frames in other processes, whose session storage cannot be cleared.</summary>
    [Fact]
    public async Task Keep_PageThatCannotKeepItsDocument_IsToLeaveIt()
    {
        var page = Page(visit: null);
        foreach (var item in (string[])["a", "b"])
        {
            Assert.Null(await _soft.KeepAsync(page, Operation(item), await RunAsync(page, item), Token));
        }
    }

    [Fact]
    public async Task Stop_WhileAComparisonRuns_CancelsIt()
    {
        var started = new TaskCompletionSource();
        var page = Page(async (_, token) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return null;
        });
        await _soft.KeepAsync(page, Operation("a"), await RunAsync(page, "a"), Token);
        var outcome = Park(page, "b", await RunAsync(page, "b"), Token);
        await started.Task.WaitAsync(Token);
        await _cleanup.StopAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(PageCondition.Dirty, await outcome);
        Assert.Equal((0, 0), (_control.Status().RoutesOn, _control.Status().RoutesOff));
    }

    [Fact]
    public async Task Park_LeaseThatIsRevoked_IsNoFault()
    {
        var page = Page((_, _) => Visited());
        using var revoked = new CancellationTokenSource();
        await revoked.CancelAsync();
        Assert.Equal(PageCondition.Dirty, await Park(page, "b", await RunAsync(page, "b"), revoked.Token));
        Assert.DoesNotContain(_log.Lines, static line => line.StartsWith("Cleaning up", StringComparison.Ordinal));
    }

    private static FakePage Page(Func<TimeSpan, CancellationToken, Task<string?>>? visit, Func<Task<PageNavigation>>? navigate = null, Func<string?>? status = null) => new()
    {
        Visit = visit,
        Navigate = navigate ?? Loaded,
        Answer = expression => expression.StartsWith(PageScripts.Capture, StringComparison.Ordinal) ? new { url = Site, html = "<p>", statusCode = status?.Invoke(), headers = s_none, read = s_none }
            : expression.StartsWith(PageScripts.Settle, StringComparison.Ordinal) ? "quiet" : false,
    };

    private static Task<PageNavigation> Loaded() => Task.FromResult(new PageNavigation(200, null, 200));

    private static Task<string?> Visited() => Task.FromResult<string?>(null);

    private static RenderOperation Operation(string item) =>
        new(new($"{Site}items/{item}"), AffinityKey.Realm(Site), [RenderFormat.Html], new Deadline(s_deadline, TimeProvider.System), 0, default, "id", "");

    private Task<PageAnswer> RunAsync(FakePage page, string item)
    {
        _progress = new(TimeProvider.System);
        return _soft.RunAsync(page, Operation(item), _progress, Token);
    }

    /// <summary>Turns the route on, and has the page keep a document.</summary>
    private async Task LearnAsync(FakePage page)
    {
        foreach (var item in (string[])["a", "b", "kept"])
        {
            await _soft.KeepAsync(page, Operation(item), await RunAsync(page, item), Token);
        }

        Assert.Equal((1, true), (_control.Status().RoutesOn, page.IsKept));
    }

    /// <summary>Returns a page to the pool, as after an answer; completes with its outcome.</summary>
    private Task<PageCondition> Park(FakePage page, string item, PageAnswer answer, CancellationToken revoked)
    {
        var outcome = new TaskCompletionSource<PageCondition>();
        _cleanup.Return(new(page, 1, true, default, default, outcome.SetResult, revoked), page, Operation(item), new PageReturn.Park(answer), failure: null);
        return outcome.Task;
    }
}
