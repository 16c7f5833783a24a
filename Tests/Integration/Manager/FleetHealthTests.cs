using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Health;
using Fleet.Manager.Servers;
using Fleet.Tests.InMemory;
using Fleet.Tests.Registry;
using Fleet.Tests.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Manager;

public sealed class FleetHealthTests
{
    private static readonly HostShell s_shell = new("token", 7, DateTimeOffset.UnixEpoch, "realm-0");

    [Theory]
    [InlineData("", "Degraded", nameof(FleetTrouble.NoServers), "No prerender server is registered.")]
    [InlineData("ready", "Healthy", nameof(FleetTrouble.None), "1 of 1 prerender servers are ready")]
    [InlineData("ready ready draining", "Healthy", nameof(FleetTrouble.None), "2 of 3 prerender servers are ready")]
    [InlineData("ready unreachable warming", "Healthy", nameof(FleetTrouble.None), "1 of 3 prerender servers are ready")]
    [InlineData("draining draining draining", "Degraded", nameof(FleetTrouble.AllDraining), "None of 3 prerender servers takes renders: 3 draining.")]
    [InlineData("unreachable unreachable", "Degraded", nameof(FleetTrouble.AllUnreachable), "None of 2 prerender servers takes renders: 2 unreachable.")]
    [InlineData("draining unreachable warming empty", "Degraded", nameof(FleetTrouble.NoneReady), "None of 4 prerender servers takes renders: 1 draining, 1 starting, 1 unreachable, 1 without slots.")]
    [InlineData("stale stale", "Degraded", nameof(FleetTrouble.StaleShell), "None of 2 ready prerender servers has a page on the current host shell, generation 7.")]
    [InlineData("stale behind", "Degraded", nameof(FleetTrouble.StaleShell), "None of 2 ready prerender servers has a page on the current host shell, generation 7.")]
    [InlineData("silent", "Degraded", nameof(FleetTrouble.StaleShell), "None of 1 ready prerender servers has a page on the current host shell, generation 7.")]
    [InlineData("stale ready", "Healthy", nameof(FleetTrouble.None), "2 of 2 prerender servers are ready")]
    public void Judge_Servers_DegradeItWhenNoneIsOfUse(string servers, string status, string trouble, string reason)
    {
        var records = servers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Record).ToList();

        var health = FleetHealth.Judge(isDraining: false, DateTimeOffset.UnixEpoch, isVerified: true, View(records, s_shell), server => server.Name == "unreachable");

        Assert.Equal((status, trouble), (health.Status.ToString(), health.Trouble.ToString()));
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
    public async Task Health_FleetStopsRendering_IsOneWarningPerChangeAndAMetric()
    {
        var logs = new LogRecorder();
        var registry = new InMemoryRegistry(new TickingClock(), NullLoggerFactory.Instance);
        await ManagerUnderTest.AnnounceRealmAsync(registry);
        await using var manager = await ManagerUnderTest.StartAsync(registry, TimeProvider.System, logs, "--Manager:DiscoveryWait=00:00:00");
        var server = await manager.AddServerAsync("prerender-0");
        await HealthAsync(manager, "Healthy", "1 of 1");
        Assert.DoesNotContain(logs.Lines, line => line.Contains("The fleet", StringComparison.Ordinal));

        await server.RegisterAsync(manager.Registry, ServerState.Draining);
        await Eventually.TrueAsync(() => Warnings().Length == 1, () => "a warning");
        Assert.Contains("1 draining", Warnings()[0], StringComparison.Ordinal);
        Assert.Equal("all_draining", ReasonOf(manager));
        for (var i = 0; i < 30; i++)
        {
            using var refused = await manager.PostAsync(new RenderRequest { Url = ManagerUnderTest.Card }, TestContext.Current.CancellationToken);
        }

        await server.RegisterAsync(manager.Registry);
        await Eventually.TrueAsync(() => logs.Lines.Any(line => line.Contains("The fleet renders again: 1 of 1", StringComparison.Ordinal)), () => "the recovery");
        Assert.Single(Warnings());
        Assert.Equal("", ReasonOf(manager));
        Assert.Equal(20, logs.Lines.Count(line => line.Contains("ended as draining", StringComparison.Ordinal)));

        string[] Warnings() => [.. logs.Lines.Where(line => line.Contains("The fleet cannot render", StringComparison.Ordinal))];
    }

    private static string ReasonOf(ManagerUnderTest manager)
    {
        var factory = manager.App.Services.GetRequiredService<IMeterFactory>();
        List<string> reasons = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "fleet.manager.degraded" && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) =>
        {
            if (value == 1)
            {
                reasons.Add($"{tags[0].Value}");
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return string.Join(' ', reasons);
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
                // The manager still serves: callers get a Retry-After, operators the reason.
                var health = await manager.Client.GetFromJsonAsync<JsonElement>("/health", TestContext.Current.CancellationToken);
                seen = health.ToString();
                var membership = health.GetProperty("checks").GetProperty("membership");
                return health.GetProperty("status").GetString() == status && membership.GetProperty("description").GetString()!.Contains(reason, StringComparison.Ordinal);
            },
            () => $"{status} with '{reason}'; it is {seen}");
    }
}
