using System.Net;
using System.Net.Sockets;
using Fleet.AppHost.Local;

namespace Fleet.Tests.EndToEnd;

public sealed partial class ManagerFaultTests
{
    [Fact]
    public Task Load_RedisRestartedEmpty_LosesNothing() => WithLoadAsync(async _ =>
    {
        await _fleet.Processes[ResourceNames.Redis].KillAsync();
        _fleet.Processes[ResourceNames.Redis].Start();
        await _fleet.Processes.WaitUntilRedisAnswersAsync(Cancellation);
    });

    [Fact]
    public async Task Load_RedisRestartedWithWhatItKnew_LosesNothing()
    {
        using var dump = new RedisDump(_fleet.Processes.RedisPort!.Value);
        await WithLoadAsync(async _ =>
        {
            await dump.SaveAsync(Cancellation);
            await RestartAsync(ResourceNames.Redis);
        });
    }

    [Fact]
    public async Task Load_RollingRestartOfManagersServersAndRedis_LosesNothing()
    {
        await using var guard = OrphanGuard.Start();
        var topology = _fleet.Processes.Topology with { Manager = FreeAddress() };
        await using var second = new LocalProcess(
            Launch.Service(ResourceNames.Manager, "Fleet.Manager", topology), new RecordedOutput(), guard, TimeProvider.System);
        second.Start();
        await using var balancer = await LoadBalancer.StartAsync(s_limit, _fleet.OnManager(""), topology.Manager);

        await WithLoadAsync(balancer.Next, async _ =>
        {
            await second.RestartAsync(s_limit, Cancellation);
            await balancer.EveryoneIsReadyAsync(s_limit);
            await RestartAsync(ResourceNames.Manager);
            await balancer.EveryoneIsReadyAsync(s_limit);
            await RestartAsync("prerender-0");
            await RestartAsync("prerender-1");
            await RestartAsync(ResourceNames.Redis);
        });
    }

    [Fact]
    public async Task Requests_RollingRestartOfRealmServers_NoneIsLost()
    {
        var second = await _fleet.Processes.AddRealmServerAsync("realm-1", new Dictionary<string, string>(), Cancellation);
        await using var balancer = await LoadBalancer.StartAsync(s_limit, _fleet.OnRealm(""), second);
        using var enough = new CancellationTokenSource();
        var callers = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAsync(balancer, enough.Token)));
        try
        {
            Assert.True(await _fleet.Processes["realm-1"].StopAsync(s_limit, Cancellation), "realm-1 stops by itself");
        }
        finally
        {
            await enough.CancelAsync();
        }

        // Whatever broke, breaks this.
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

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port).Uri;
    }
}
