using Fleet.Tests.Processes;

namespace Fleet.Tests.EndToEnd;

/// <summary>The AppHost restarts services that end unexpectedly, but not those that were stopped on the dashboard, which shows the addresses.</summary>
public sealed class RestartTests
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Run_EveryServiceIsKilledAndOneIsStopped_OnlyTheKilledComeBack()
    {
        using var limit = new CancellationTokenSource(s_startLimit);
        var log = new FleetLog();
        var plan = new FleetPlan
        {
            AdminKey = FleetFixture.AdminKey,
            PrerenderServers = 1,
            Restarts = true,
            Settings = new Dictionary<string, string> { ["Index:Enabled"] = "false" },
        };
        await using var fleet = await AspireFleet.StartAsync(plan, log, limit.Token);
        Assert.Equal(["Index", "Site"], fleet["realm"].UrlNames);
        Assert.Equal(["API description", "Fleet"], fleet["manager"].UrlNames);
        Assert.Equal(["Pool"], fleet["prerender-0"].UrlNames);
        var before = fleet.Processes.ToDictionary(service => service, service => service.Id);

        foreach (var id in before.Values)
        {
            Signals.Send(id, Signals.Kill);
        }

        foreach (var (service, id) in before)
        {
            await Eventually.TrueAsync(() => service.ProcessId is { } now && now != id, s_limit, () => $"{service.Name} to be started again; {string.Join("; ", fleet.Processes)}\n{log}");
        }

        foreach (var service in (string[])["realm", "manager", "prerender-0"])
        {
            await fleet.WaitUntilHealthyAsync(service);
        }

        var (manager, server) = (fleet["manager"], fleet["prerender-0"]);
        await manager.StopOnDashboardAsync();
        var killed = server.Id;
        Signals.Send(killed, Signals.Kill);

        // The first pause before a restart is 0.5 s for each: the manager's would have been over before the server's.
        await Eventually.TrueAsync(() => server.ProcessId is { } now && now != killed, s_limit, () => $"the server to be started again; {string.Join("; ", fleet.Processes)}\n{log}");
        Assert.True(manager.HasEnded && manager.ProcessId is null, $"The manager was stopped and must stay stopped.\n{log}");
    }
}
