using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Servers;
using Fleet.Tests.Registry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.Tests.Manager;

public sealed class FleetHealthTests
{
    private static readonly HostShell s_shell = new("token", 7, DateTimeOffset.UnixEpoch, "realm-0");

    [Theory]
    [InlineData("", "Degraded", "No prerender server is registered.")]
    [InlineData("ready", "Healthy", "1 of 1 prerender servers are ready")]
    [InlineData("ready ready draining", "Healthy", "2 of 3 prerender servers are ready")]
    [InlineData("ready unreachable warming", "Healthy", "1 of 3 prerender servers are ready")]
    [InlineData("draining draining draining", "Degraded", "None of 3 prerender servers takes renders: 3 draining.")]
    [InlineData("unreachable unreachable", "Degraded", "None of 2 prerender servers takes renders: 2 unreachable.")]
    [InlineData("draining unreachable warming empty", "Degraded", "None of 4 prerender servers takes renders: 1 draining, 1 starting, 1 unreachable, 1 without slots.")]
    [InlineData("stale stale", "Degraded", "None of 2 ready prerender servers has a page on the current host shell, generation 7.")]
    [InlineData("stale behind", "Degraded", "None of 2 ready prerender servers has a page on the current host shell, generation 7.")]
    [InlineData("silent", "Degraded", "None of 1 ready prerender servers has a page on the current host shell, generation 7.")]
    [InlineData("stale ready", "Healthy", "2 of 2 prerender servers are ready")]
    public void Judge_Servers_DegradeItWhenNoneIsOfUse(string servers, string status, string reason)
    {
        var records = servers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Record).ToList();

        var health = FleetHealth.Judge(isDraining: false, DateTimeOffset.UnixEpoch, isVerified: true, View(records, s_shell), server => server.Name == "unreachable");

        Assert.Equal(status, health.Status.ToString());
        Assert.StartsWith(reason, health.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true, true, "Unhealthy")]
    [InlineData(false, false, true, "Unhealthy")]
    [InlineData(false, true, false, "Degraded")]
    public void Judge_ManagerItself_IsUnhealthyForReasonsOfItsOwn(bool isDraining, bool wasRead, bool isVerified, string status) => Assert.Equal(
        status,
        FleetHealth.Judge(isDraining, wasRead ? DateTimeOffset.UnixEpoch : null, isVerified, View([Record("ready", 0)], s_shell), _ => false).Status.ToString());

    [Fact]
    public void Judge_NoShellWasClaimed_ServersThatAreReadyAreOfUse() => Assert.Equal(
        HealthStatus.Healthy,
        FleetHealth.Judge(isDraining: false, DateTimeOffset.UnixEpoch, isVerified: true, View([Record("silent", 0)], shell: null), _ => false).Status);

    [Fact]
    public async Task Health_AllServersDrain_IsDegradedUntilOneIsReadyAgain()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var servers = new[] { await manager.AddServerAsync("prerender-0"), await manager.AddServerAsync("prerender-1") };
        await HealthAsync(manager, "Healthy", "2 of 2");

        foreach (var server in servers)
        {
            await server.RegisterAsync(manager.Registry, ServerState.Draining);
        }

        await HealthAsync(manager, "Degraded", "2 draining");
        await servers[1].RegisterAsync(manager.Registry);
        await HealthAsync(manager, "Healthy", "1 of 2");
    }

    [Fact]
    public async Task Health_OnlyServerIsFrozen_IsDegradedUntilItAnswers()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:ProbeInterval=00:00:00.050", "--Manager:ProbeTimeout=00:00:00.500");
        var server = await manager.AddServerAsync("prerender-0");
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Alive = http => mayAnswer.Task.WaitAsync(http.RequestAborted);
        server.Answer = FakeServer.NeverAnswerAsync;
        await manager.PostAsync(new RenderRequest { Url = ManagerUnderTest.Card, DeadlineMs = 5_000 }, TestContext.Current.CancellationToken);

        await HealthAsync(manager, "Degraded", "1 unreachable");
        mayAnswer.SetResult();
        await HealthAsync(manager, "Healthy", "1 of 1");
    }

    private static FleetView View(IEnumerable<ServerRecord> records, HostShell? shell) =>
        new(shell, [.. records.Select(record => new LiveServer(record, LiveServer.NothingWarm, 0))], []);

    private static ServerRecord Record(string kind, int number) => new()
    {
        Incarnation = $"{number}",
        Name = kind,
        Url = $"http://h:{number}",
        State = kind switch { "draining" => ServerState.Draining, "warming" => ServerState.Warming, _ => ServerState.Ready },
        Version = 1,
        Slots = kind == "empty" ? 0 : 2,
        ShellSlots = kind switch
        {
            "silent" => null,
            "stale" => new() { Generation = 7, Stale = 2 },
            "behind" => new() { Generation = 6, Current = 2 },
            _ => new() { Generation = 7, Current = 1 },
        },
    };

    private static async Task HealthAsync(ManagerUnderTest manager, string status, string reason)
    {
        var seen = "";
        await Eventually.TrueAsync(
            async () =>
            {
                // It serves all the same: it tells callers when to come back, and operators what is wrong.
                var health = await manager.Client.GetFromJsonAsync<JsonElement>("/health", TestContext.Current.CancellationToken);
                seen = health.ToString();
                var membership = health.GetProperty("checks").GetProperty("membership");
                return health.GetProperty("status").GetString() == status && membership.GetProperty("description").GetString()!.Contains(reason, StringComparison.Ordinal);
            },
            () => $"{status} with '{reason}'; it is {seen}");
    }
}
