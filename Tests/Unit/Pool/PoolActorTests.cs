using System.Diagnostics.Metrics;
using Fleet.Contracts;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.Tests.Pool;

/// <summary>The actor on a fake browser with a gate in each primitive, and virtual time.</summary>
public sealed class PoolActorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lease_OfANewAffinity_BootsAPage_AndTheNextOneFindsItWarm()
    {
        await using var pool = new PoolUnderTest();
        var first = await pool.GetAsync("realm:a");
        Assert.False(first.Warm);
        first.Complete(PageCondition.Healthy);
        await pool.WaitForAsync("an idle slot", s => s.Slots is [{ State: SlotState.Idle, Affinity: "realm:a", Renders: 1 }]);
        await using var second = await pool.GetAsync("realm:a");
        Assert.True(second.Warm);
        Assert.Same(first.Page, second.Page);
        Assert.Equal(1, pool.Browser.Create.Calls);
    }

    [Fact]
    public async Task Lease_WhileItBoots_HasTheTimesOfWaitAndBoot()
    {
        await using var pool = new PoolUnderTest();
        await pool.WaitForAsync("a browser", s => s.Totals.Generation == 1);
        pool.Browser.Create.Shut();
        var wait = pool.LeaseAsync("realm:a");
        await pool.Browser.Create.ReachedAsync(1);
        pool.Clock.Advance(TimeSpan.FromSeconds(3));
        pool.Browser.Create.Open();
        var lease = await wait.WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3)), (lease.Waited, lease.Boot));
        lease.Complete(PageCondition.Healthy);
    }

    [Fact]
    public async Task Dispose_WithoutAVerdict_GivesThePageANewDocument()
    {
        await using var pool = new PoolUnderTest();
        var first = await pool.GetAsync("realm:a");
        await first.DisposeAsync();
        await pool.WaitForAsync("an idle slot", s => s.Slots is [{ State: SlotState.Idle }]);
        var second = await pool.GetAsync("realm:a");
        Assert.Equal(first.Slot, second.Slot);
        Assert.NotSame(first.Page, second.Page);
        Assert.Equal(1, pool.Browser.ReplacePage.Calls);
        second.Complete(PageCondition.Healthy);
    }

    [Fact]
    public async Task Cancel_WhileWaiting_EndsTheWaitAtOnce_AndLeavesNoWaiter()
    {
        await using var pool = new PoolUnderTest();
        pool.Browser.Create.Shut();
        using var cancel = new CancellationTokenSource();
        var wait = pool.Actor.LeaseAsync(new LeaseRequest("realm:a", 0, 0, TimeSpan.FromMinutes(1), ShellAcceptance.Any), cancel.Token);
        await pool.Browser.Create.ReachedAsync(1);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await pool.WaitForAsync("no waiter", s => s.Totals.Waiting == 0);
    }

    [Fact]
    public async Task Cancel_WhileTheGrantIsOnItsWay_GivesThePageBackUntouched()
    {
        await using var pool = new PoolUnderTest();
        (await pool.GetAsync("realm:a")).Complete(PageCondition.Healthy);
        await pool.WaitForAsync("an idle slot", s => s.Slots is [{ State: SlotState.Idle }]);
        pool.Browser.Probe.Shut();
        using var cancel = new CancellationTokenSource();
        var wait = pool.Actor.LeaseAsync(new LeaseRequest("realm:a", 0, 0, TimeSpan.FromMinutes(1), ShellAcceptance.Any), cancel.Token);
        await pool.Browser.Probe.ReachedAsync(1);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        pool.Browser.Probe.Open();
        await pool.WaitForAsync("the page idle again, not used", s => s.Slots is [{ State: SlotState.Idle, Renders: 1 }]);
    }

    [Fact]
    public async Task Lease_DeadlinePasses_NamesTheShortageAndTheSetting()
    {
        await using var pool = new PoolUnderTest(o => o.Slots = 1);
        await using var lease = await pool.GetAsync("realm:a");
        var wait = pool.LeaseAsync("realm:b", wait: 5);
        // The snapshot before the lease has a waiter, too: the one that got the lease.
        await pool.WaitForAsync("a waiter beside the lease", s => s is { Totals.Waiting: 1, Slots: [{ State: SlotState.Leased }] });
        pool.Clock.Advance(TimeSpan.FromSeconds(5));
        var error = await Assert.ThrowsAsync<PoolDeadlineException>(() => wait.WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Contains("realm:b within 5 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("Pool:Slots (now 1)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_OverASlotsBudget_RetiresItWhenIdle()
    {
        await using var pool = new PoolUnderTest();
        (await pool.GetAsync("realm:a")).Complete(PageCondition.Healthy);
        await pool.WaitForAsync("an idle slot", s => s.Slots is [{ State: SlotState.Idle }]);
        pool.Browser.Memory = new(2_000_000_000, new Dictionary<long, long> { [1] = 1_000_000_000 });
        await pool.WaitForAsTimePassesAsync("no slot", s => s.Slots.Count == 0 && s.Totals.MemoryBytes == 2_000_000_000);
    }

    [Fact]
    public async Task ShellChanged_IdlePage_IsReloadedInPlace()
    {
        await using var pool = new PoolUnderTest(browser: b => b.ShellToken = "old");
        var first = await pool.GetAsync("realm:a");
        first.Complete(PageCondition.Healthy);
        pool.Browser.ShellToken = "new";
        pool.Actor.ShellChanged(new HostShell("new", 1, default, "test"));
        await pool.WaitForAsync("the new shell", s => s.Slots is [{ State: SlotState.Idle, ShellToken: "new", Current: true }]);
        var second = await pool.GetAsync("realm:a");
        Assert.Equal((first.Slot, "new"), (second.Slot, second.Page.ShellToken));
        second.Complete(PageCondition.Healthy);
    }

    [Fact]
    public async Task Stop_WithALease_WaitsForIt_AndLeavesNothingBehind()
    {
        var pool = new PoolUnderTest();
        var lease = await pool.GetAsync("realm:a");
        var stop = pool.Actor.StopAsync();
        await Assert.ThrowsAsync<PoolStoppingException>(() => pool.LeaseAsync("realm:b"));
        Assert.False(stop.IsCompleted);
        lease.Complete(PageCondition.Healthy);
        await stop.WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal((0, 0), (pool.Browser.Contexts, pool.Browser.Processes));
        await pool.DisposeAsync();
    }

    [Fact]
    public async Task Stop_WithABrowserThatAnswersNothing_IsBounded()
    {
        var pool = new PoolUnderTest();
        await using var lease = await pool.GetAsync("realm:a");
        foreach (var gate in (Gate[])[pool.Browser.Terminate, pool.Browser.Close, pool.Browser.Crash, pool.Browser.Kill])
        {
            gate.Shut();
            gate.IgnoresCancellation = true;
        }

        var stop = pool.Actor.StopAsync();
        await pool.WaitForAsTimePassesAsync("the end", _ => stop.IsCompleted);
        await stop;
        Assert.True(pool.Clock.Elapsed < TimeSpan.FromMinutes(2), $"It took {pool.Clock.Elapsed}.");
        await pool.DisposeAsync();
    }

    [Fact]
    public async Task Stop_BeforeStart_EndsAtOnce()
    {
        await using var pool = new PoolUnderTest(start: false);
        await pool.Actor.StopAsync();
        await Assert.ThrowsAsync<PoolStoppingException>(() => pool.LeaseAsync("realm:a"));
    }

    [Fact]
    public async Task Metrics_OneRender_CountStatesWaitsClosesAndCreations()
    {
        await using var pool = new PoolUnderTest();
        var seen = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == pool.Meters)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        void See(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (seen)
            {
                seen.Add($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(t => t.Value))}");
            }
        }

        listener.SetMeasurementEventCallback<long>((i, _, tags, _) => See(i, tags));
        listener.SetMeasurementEventCallback<double>((i, _, tags, _) => See(i, tags));
        listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Array.ForEach(Enumerable.Range(0, value).ToArray(), _ => See(i, default)));
        listener.Start();
        (await pool.GetAsync("realm:a")).Complete(PageCondition.Crashed);
        await pool.WaitForAsync("no slot", s => s is { Slots.Count: 0, Totals.Generation: 1 });
        await pool.WaitForAsync("the close counted", _ => seen.Contains("fleet.pool.closes crashed dispose"));
        Assert.Contains("fleet.pool.creations ready", seen);
        Assert.Contains("fleet.pool.wait.duration cold", seen);
    }

    [Fact]
    public async Task ManyCallers_OnManyThreads_NeverExceedTheCap_AndAllEnd()
    {
        await using var pool = new PoolUnderTest(o => (o.Slots, o.HighPrioritySlots, o.MaxDepth, o.MinStandby) = (4, 1, 1, 1));
        var conditions = Enum.GetValues<PageCondition>();
        var ended = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(
            async () =>
            {
                using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
                if (i % 10 == 0)
                {
                    cancel.CancelAfter(TimeSpan.FromMilliseconds(i % 7));
                }

                try
                {
                    var lease = await pool.Actor.LeaseAsync(
                        new LeaseRequest($"realm:{i % 12}", i % 2, i % 11, TimeSpan.FromHours(1), ShellAcceptance.FreshOrWait), cancel.Token);
                    await Task.Yield();
                    lease.Complete(conditions[i % 9 == 0 ? i % conditions.Length : 0]);
                    return "rendered";
                }
                catch (OperationCanceledException)
                {
                    return "cancelled";
                }
            },
            Token))).WaitAsync(TimeSpan.FromSeconds(60), Token);
        Assert.True(ended.Count(e => e == "rendered") >= 360);
        Assert.True(pool.Browser.MostContexts <= 5, $"{pool.Browser.MostContexts} contexts existed at once.");
        await pool.WaitForAsync("no waiter and no lease", s => s.Totals.Waiting == 0 && s.Slots.All(x => x.State is not SlotState.Leased));
    }
}
