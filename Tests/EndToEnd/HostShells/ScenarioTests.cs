using System.Diagnostics;
using Fleet.Contracts;
using Fleet.Tests.EndToEnd;

namespace Fleet.Tests.HostShells;

/// <summary>The acceptance of the host shell, scenario by scenario, on one fleet of four servers with real processes, a real Redis and real browsers.
/// Here 1 to 3, 7, 9 and 10: deploys that reach every page, whatever is lost on the way.</summary>
public sealed partial class ScenarioTests(ShellFleetFixture fixture) : IClassFixture<ShellFleetFixture>
{
    /// <summary>The poll interval, and a boot of every page on a busy machine.</summary>
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(5 + 10);

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(40);

    private ShellFleet Fleet => fixture.Fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S01_ServersBootOnA_ThenTheRealmServerChangesToB_EveryServerRendersB()
    {
        var (a, tokenA) = await Fleet.FreshAsync();
        Assert.Equal(0, await Fleet.Processes["prerender-0"].StopAsync(s_limit));
        await Fleet.Processes["prerender-0"].StartAsync();
        await Fleet.Processes.WaitUntilHealthyAsync("prerender-0");
        await Fleet.ConvergedAsync(tokenA, s_limit);
        await Fleet.EveryServerRendersAsync(a, tokenA);
        var processes = Ids();

        var b = Fleet.NextVersion();
        await Fleet.Processes["realm"].StopAsync(s_limit);
        var tokenB = Fleet.App.Deploy(b);
        await Fleet.Processes["realm"].StartAsync();

        await Fleet.ConvergedAsync(tokenB, s_limit);
        await Fleet.EveryServerRendersAsync(b, tokenB);
        Assert.Equal(processes, Ids());
    }

    [Fact]
    public async Task S02_AllMessagesDropped_FreshWithinOnePoll()
    {
        await Fleet.FreshAsync();
        await Fleet.BreakPubSubAsync();
        try
        {
            var watch = Stopwatch.StartNew();
            var b = Fleet.NextVersion();
            var token = Fleet.App.Deploy(b);

            await Fleet.EveryServerIsFreshAsync(token, s_poll);
            Assert.True(watch.Elapsed <= s_poll, $"It took {watch.Elapsed}.");
            await Fleet.EveryServerRendersAsync(b, token);
        }
        finally
        {
            await Fleet.RestorePubSubAsync();
        }
    }

    [Fact]
    public async Task S03_RedisStoppedDuringTheDeploy_RendersGoOn_FreshWithinOnePollAfterItIsBack()
    {
        var (a, tokenA) = await Fleet.FreshAsync();
        var before = (await Fleet.StatusAsync()).Shell!.Generation;
        await Fleet.Redis.StopAsync();
        // Redis runs again for the next scenario, even if this one fails.
        await using var back = new Restoration(() => Fleet.Redis.IsRunning ? Task.CompletedTask : Fleet.Redis.RestartAsync());
        var b = Fleet.NextVersion();
        var token = Fleet.App.Deploy(b);

        foreach (var server in Fleet.Servers)
        {
            // Each server detects with its own next read that it cannot verify its shell any more.
            RenderResult? result = null;
            await Eventually.TrueAsync(
                async () => (result = await Fleet.RenderOnAsync(server)) is { Outcome: RenderOutcome.Rendered, Shell.Current: null },
                s_limit, () => $"a render on {server} that is marked as not verified; the last is {result}\n{Fleet.Log}");
            // The earlier page, or one that booted since: the result names the right one.
            Assert.True(ShellFleet.Shows(result!, result!.Shell!.Token == tokenA ? a : b), $"{result} does not match its shell token.\n{Fleet.Log}");
        }

        var throughManager = await Fleet.RenderAsync();
        // Redis is empty, as after a loss of all data.
        await Fleet.Redis.RestartAsync();
        Assert.True(throughManager is { Outcome: RenderOutcome.Rendered }, "The manager continues with its last reading.");
        await Fleet.EveryServerIsFreshAsync(token, s_poll);
        await Fleet.ConvergedAsync(token, s_limit);
        await Fleet.EveryServerRendersAsync(b, token);
        Assert.True((await Fleet.StatusAsync()).Shell!.Generation > before, "A generation grows even when the last one is lost.");
    }

    [Fact]
    public async Task S06_FourServersUnderFullLoad_AToB_NothingLostKilledOrStoredStale()
    {
        var report = await new DeployUnderLoad(Fleet, slotsPerServer: 2).RunAsync(deploys: 2);

        var output = $"{DeployReport.Head}\n{report}\n{report.Least}\n{report.Found}\n{Fleet.Log}";
        Assert.True(report is { Lost: 0, Killed: 0, StaleStored: 0, Renders: > 50, Samples: > 10 }, output);
        Assert.True(report.FreshMs.Count == 2 * Fleet.Servers.Count, output);
        Assert.True(report.LeastCapacity >= 0.75, output);
    }

    [Fact]
    public async Task S07_Rollback_FreshOnAUnderAHigherGeneration()
    {
        var (a, tokenA) = await Fleet.FreshAsync();
        var builtAt = Fleet.App.BuiltAt;
        var tokenB = Fleet.App.Deploy(Fleet.NextVersion());
        var atB = await Fleet.ConvergedAsync(tokenB, s_limit);

        // The old shell with its old time: it is older than the one that it replaces.
        Assert.Equal(tokenA, Fleet.App.Deploy(a, builtAt));

        var atA = await Fleet.ConvergedAsync(tokenA, s_limit);
        Assert.True(atA.Shell!.Generation > atB.Shell!.Generation, $"{atA.Shell} after {atB.Shell}");
        await Fleet.EveryServerRendersAsync(a, tokenA);
    }

    [Fact]
    public async Task S09_CArrivesWhileMovingToB_EndsOnC()
    {
        await Fleet.FreshAsync();
        var hold = new TaskCompletionSource();
        Fleet.Proxy.Hold = hold.Task;
        var boots = Fleet.Proxy.Boots;
        var tokenB = Fleet.App.Deploy(Fleet.NextVersion());
        // Each server reloads at most two pages at a time: all of them are on their way to B.
        await Eventually.TrueAsync(() => Fleet.Proxy.Boots >= boots + Fleet.Servers.Count, s_limit, () => $"boots of B on every server\n{Fleet.Log}");

        var c = Fleet.NextVersion();
        var tokenC = Fleet.App.Deploy(c);
        await Fleet.WaitUntilKnownAsync(tokenC, s_limit);
        hold.SetResult();

        foreach (var server in Fleet.Servers)
        {
            var result = await Fleet.RenderOnAsync(server);
            Assert.True(result is { Shell.Current: true } && ShellFleet.Shows(result, c), $"What B's boots brought must not be lent: {result}");
        }

        var status = await Fleet.ConvergedAsync(tokenC, s_limit);
        Assert.All(status.Servers, server => Assert.False(server.Record.Shells.ContainsKey(tokenB), $"{server.Record.Name} still has pages of B."));
        await Fleet.EveryServerRendersAsync(c, tokenC);
    }

    [Fact]
    public async Task S10_ManagerRestartedBetweenReportAndPoll_NothingIsLost()
    {
        await Fleet.FreshAsync();
        await Fleet.BreakPubSubAsync();
        try
        {
            var b = Fleet.NextVersion();
            var token = Fleet.App.Deploy(b);
            // The deploy is reported through the manager, which is killed before any poll.
            var reported = await Fleet.ReportAsync(token);
            await Fleet.Processes["manager"].KillAsync();
            await Fleet.Processes["manager"].StartAsync();
            await Fleet.Processes.WaitUntilHealthyAsync("manager");

            await Fleet.EveryServerIsFreshAsync(token, s_poll);
            var status = await Fleet.ConvergedAsync(token, s_limit);
            Assert.Equal(reported.Generation, status.Shell!.Generation);
            await Fleet.EveryServerRendersAsync(b, token);
        }
        finally
        {
            await Fleet.RestorePubSubAsync();
        }
    }

    [Fact]
    public async Task S13_OnlyAScriptChangesAndKeepsItsName_EveryServerRendersIt()
    {
        await Fleet.FreshAsync();
        var a = Fleet.NextVersion();
        Fleet.App.DeployUnderOneName(a);
        await Fleet.EveryPageShowsAsync(a, s_limit);
        var before = await Fleet.StatusAsync();

        var b = Fleet.NextVersion();
        Fleet.App.DeployUnderOneName(b);

        await Fleet.EveryPageShowsAsync(b, s_limit);
        var after = await Fleet.ConvergedAsync((await Fleet.StatusAsync()).Shell!.Token, s_limit);
        Assert.True(after.Shell!.Generation > before.Shell!.Generation && after.Shell.Token != before.Shell.Token, $"{after.Shell} after {before.Shell}");
        await Fleet.EveryServerRendersAsync(b, after.Shell.Token);
    }

    private int[] Ids() => [.. Fleet.Processes.Processes.Where(p => p.Name.StartsWith("prerender-", StringComparison.Ordinal)).Select(p => p.Id)];
}
