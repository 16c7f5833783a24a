using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.Pool;

/// <summary>The actor's reaction to faults of browser, page and protocol.</summary>
public sealed class PoolActorFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Launch_ThatFails_IsShownAndTriedAgain()
    {
        await using var pool = new PoolUnderTest(browser: b => b.Launch.Break(new BrowserException("No Chromium at /nowhere (Browser:ExecutablePath).")));
        var wait = pool.LeaseAsync("realm:a");
        await pool.WaitForAsync("the reason", s => s.Totals.Problem == "No Chromium at /nowhere (Browser:ExecutablePath).");
        pool.Browser.Launch.Open();
        await pool.WaitForAsTimePassesAsync("a page", _ => wait.IsCompleted);
        (await wait).Complete(PageCondition.Healthy);
        Assert.Null(pool.Actor.Snapshot.Totals.Problem);
    }

    [Fact]
    public async Task Launch_FailsTooOften_EndsTheServiceWithTheReason()
    {
        await using var pool = new PoolUnderTest(browser: b => b.Launch.Break(new BrowserException("Browser:ExecutablePath is '/bin/ls', which did not start.")));
        var wait = pool.LeaseAsync("realm:a", wait: 3600);

        await pool.WaitForAsTimePassesAsync("the service to end", _ => pool.Fatal.Raised.IsCompleted && pool.Lifetime.ApplicationStopping.IsCancellationRequested);

        var reason = Assert.IsType<StartException>(await pool.Fatal.Raised).Message;
        Assert.Equal("Browser:ExecutablePath is '/bin/ls', which did not start. It was tried 3 times.", reason);
        Assert.True(pool.Lifetime.ApplicationStopping.IsCancellationRequested);
        await Assert.ThrowsAsync<PoolStoppingException>(() => wait.WaitAsync(TimeSpan.FromSeconds(20), Token));
        pool.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(PoolRules.FirstLaunches, pool.Browser.Launch.Calls);
    }

    [Fact]
    public async Task Launch_FailsAfterABrowserWasUp_IsTriedForAsLongAsItTakes()
    {
        await using var pool = new PoolUnderTest();
        await pool.WaitForAsync("a browser", s => s.Totals.Generation == 1);
        pool.Browser.Launch.Break(new BrowserException("No memory."));
        pool.Browser.LoseBrowser(1);
        await pool.WaitForAsTimePassesAsync("many launches", _ => pool.Browser.Launch.Calls > 3 * PoolRules.FirstLaunches);
        Assert.False(pool.Fatal.Raised.IsCompleted);

        pool.Browser.Launch.Open();
        await pool.WaitForAsTimePassesAsync("a browser again", s => s.Totals.Generation is not null);
    }

    [Theory]
    [InlineData(false, PoolRules.FirstLaunches - 1, false)]
    [InlineData(false, PoolRules.FirstLaunches, true)]
    [InlineData(false, PoolRules.FirstLaunches + 1, true)]
    [InlineData(true, PoolRules.FirstLaunches, false)]
    [InlineData(true, 1000, false)]
    public void GivesUp_EachCase_IsDecidedByWhatWasUpAndHowManyFailed(bool wasUp, int failed, bool expected) =>
        Assert.Equal(expected, new PoolRules(new()).GivesUp(wasUp, failed));

    [Fact]
    public async Task Invariant_Broken_EndsTheServiceItsRendersAndItsBrowsersAndLogsTheLastEvents()
    {
        using var log = new Rendering.LogRecorder();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(log));
        await using var pool = new PoolUnderTest(rules: options => new BrokenRules(options), loggers: loggers);
        var breaks = await pool.GetAsync("realm:a");
        var held = await pool.GetAsync("realm:b");
        var waiting = pool.LeaseAsync("realm:c", wait: 3600);
        var revoked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = held.Revoked.Register(revoked.SetResult);
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stoppingRegistration = pool.Lifetime.ApplicationStopping.Register(stopping.SetResult);

        breaks.Complete(PageCondition.Healthy);

        var error = Assert.IsType<BrokenInvariantException>(await pool.Fatal.Raised.WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Contains(BrokenRules.Invariant, error.Message, StringComparison.Ordinal);
        await stopping.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        await revoked.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        await Assert.ThrowsAsync<PoolStoppingException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(20), Token));
        await Assert.ThrowsAsync<PoolStoppingException>(() => pool.LeaseAsync("realm:d"));
        await pool.WaitForAsync("no browser", s => s.Totals.Stopping && pool.Browser.Processes == 0);
        var line = Assert.Single(log.Lines, l => l.Contains("broke an invariant", StringComparison.Ordinal));
        Assert.Contains(BrokenRules.Invariant, line, StringComparison.Ordinal);
        Assert.Contains("LeaseCompleted { Lease = 1, Condition = Healthy", line, StringComparison.Ordinal);
        Assert.Contains("PageRequested { Waiter = 1,", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boot_ThatHangs_IsEndedBeforeItsContextIsClosed_AndTheNextOneServes()
    {
        await using var pool = new PoolUnderTest(o => o.Slots = 1);
        pool.Browser.Create.Shut();
        var wait = pool.LeaseAsync("realm:a", wait: 3600);
        await pool.Browser.Create.ReachedAsync(1);
        pool.Clock.Advance(pool.Options.BootDeadline);
        await pool.Browser.Close.ReachedAsync(1);
        Assert.Equal(0, pool.Browser.Create.Waiting);
        pool.Browser.Create.Open();
        await pool.WaitForAsTimePassesAsync("a page", _ => wait.IsCompleted);
        (await wait).Complete(PageCondition.Healthy);
        Assert.Equal(1, pool.Browser.MostContexts);
    }

    [Fact]
    public async Task Boot_IgnoresCancellation_EndsWithItsProcess()
    {
        await using var pool = new PoolUnderTest(o => o.Slots = 1);
        pool.Browser.Create.Shut();
        pool.Browser.Create.IgnoresCancellation = true;
        var wait = pool.LeaseAsync("realm:a", wait: 3600);
        await pool.Browser.Create.ReachedAsync(1);
        await pool.WaitForAsTimePassesAsync("the process killed", _ => pool.Browser.Kill.Calls > 0);
        pool.Browser.Create.Open();
        await pool.WaitForAsTimePassesAsync("a page", _ => wait.IsCompleted);
        (await wait).Complete(PageCondition.Healthy);
        Assert.Equal(1, pool.Browser.MostContexts);
    }

    [Fact]
    public async Task EveryStageOfClosingHangs_TheProcessIsKilled_AndCapacityReturns()
    {
        await using var pool = new PoolUnderTest(o => o.Slots = 1);
        foreach (var gate in (Gate[])[pool.Browser.Terminate, pool.Browser.Close, pool.Browser.Crash])
        {
            gate.Shut();
        }

        (await pool.GetAsync("realm:a")).Complete(PageCondition.Hung);
        var wait = pool.LeaseAsync("realm:b", wait: 3600);
        await pool.WaitForAsTimePassesAsync("a page for the other", _ => wait.IsCompleted);
        (await wait).Complete(PageCondition.Healthy);
        Assert.Equal((1, 1), (pool.Browser.Kill.Calls, pool.Browser.MostContexts));
    }

    [Fact]
    public async Task Browser_Lost_RevokesTheLeaseAtOnce_AndANewOneServes()
    {
        await using var pool = new PoolUnderTest();
        var lease = await pool.GetAsync("realm:a");
        var revoked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lease.Revoked.Register(revoked.SetResult);
        pool.Browser.LoseBrowser(1);
        await revoked.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        lease.Complete(PageCondition.Crashed);
        var wait = pool.LeaseAsync("realm:a", wait: 3600);
        await pool.WaitForAsTimePassesAsync("a page", _ => wait.IsCompleted);
        Assert.Equal(2, pool.Actor.Snapshot.Slots.Single(s => s.State == SlotState.Leased).Generation);
        (await wait).Complete(PageCondition.Healthy);
    }

    [Fact]
    public async Task Page_Lost_RevokesItsLeaseOnly()
    {
        await using var pool = new PoolUnderTest();
        await using var other = await pool.GetAsync("realm:b");
        var lease = await pool.GetAsync("realm:a");
        pool.Browser.LosePage(1, lease.Slot);
        await pool.WaitForAsync("one slot", s => s.Slots is [{ State: SlotState.Leased, Affinity: "realm:b" }]);
        Assert.True(lease.Revoked.IsCancellationRequested);
        Assert.False(other.Revoked.IsCancellationRequested);
    }

    [Fact]
    public async Task Probe_WithoutAnswer_ClosesThePage_AndTheWaiterGetsAnother()
    {
        await using var pool = new PoolUnderTest();
        var first = await pool.GetAsync("realm:a");
        first.Complete(PageCondition.Healthy);
        pool.Browser.Answers = false;
        var second = await pool.GetAsync("realm:a");
        Assert.NotEqual(first.Slot, second.Slot);
        second.Complete(PageCondition.Healthy);
    }
}
