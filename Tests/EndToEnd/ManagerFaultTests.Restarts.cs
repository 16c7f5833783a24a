using System.Net;

namespace Fleet.Tests.EndToEnd;

public sealed partial class ManagerFaultTests
{
    private static readonly Dictionary<string, string> s_likeTheFleet = new() { ["Index:Enabled"] = "false", ["Fleet:StopNotice"] = "00:00:03" };

    [Fact]
    public Task Load_RedisRestartedEmpty_LosesNothing() => WithLoadAsync(_ => fixture.Redis.RestartAsync());

    [Fact]
    public async Task Load_RedisRestartedWithItsData_LosesNothing()
    {
        using var dump = new RedisDump(fixture.Redis.Port);
        await WithLoadAsync(async _ =>
        {
            await dump.SaveAsync(Cancellation);
            await fixture.Redis.RestartAsync();
        });
    }

    // The load goes to managers without a proxy: the orchestrator's proxy of a restarted service can reset new connections for seconds.
    [Fact]
    public async Task Load_RollingRestartOfManagersServersAndRedis_LosesNothing()
    {
        await using var first = await ServiceProcess.StartAsync("manager-1", "Fleet.Manager", _fleet.Processes.Topology, s_likeTheFleet, _fleet.Log);
        await using var second = await ServiceProcess.StartAsync("manager-2", "Fleet.Manager", _fleet.Processes.Topology, s_likeTheFleet, _fleet.Log);
        await using var balancer = await LoadBalancer.StartAsync(s_limit, first.Address, second.Address);

        await WithLoadAsync(balancer.Next, async _ =>
        {
            foreach (var manager in (ServiceProcess[])[first, second])
            {
                Assert.Equal(0, await manager.StopAsync(s_limit));
                await manager.StartAsync();
                await balancer.EveryoneIsReadyAsync(s_limit);
            }

            await RestartAsync("prerender-0");
            await RestartAsync("prerender-1");
            await fixture.Redis.RestartAsync();
        }, mend: null, mendAsync: null, () => balancer.History);
    }

    [Fact]
    public async Task Requests_RollingRestartOfRealmServers_NoneIsLost()
    {
        await using var second = await ServiceProcess.StartAsync("realm-1", "Fleet.RealmServer", _fleet.Processes.Topology, s_likeTheFleet, _fleet.Log);
        await using var balancer = await LoadBalancer.StartAsync(s_limit, _fleet.OnRealm(""), second.Address);
        using var enough = new CancellationTokenSource();
        var callers = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAsync(balancer, enough.Token)));
        try
        {
            Assert.Equal(0, await second.StopAsync(s_limit));
        }
        finally
        {
            await enough.CancelAsync();
        }

        // Any failure of these tasks fails the test.
        await callers;
    }

    private async Task ReadAsync(LoadBalancer balancer, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            using var response = await _fleet.Client.GetAsync(new Uri(balancer.Next(), "elements/helium"), Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }
}
