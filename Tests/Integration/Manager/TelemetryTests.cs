using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Fleet.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.Manager;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Post_RetriedRender_IsCountedByOutcomeAndReason()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var (first, _) = await manager.AddTwoServersAsync();
        first.Answer = FakeServer.Unavailable("queue-full");

        // Other tests run managers too; the meters of this one belong to its own factory.
        var factory = manager.App.Services.GetRequiredService<IMeterFactory>();
        var counted = new ConcurrentQueue<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Fleet.Manager" && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => counted.Enqueue($"{instrument.Name} {value} {(tags.Length > 0 ? tags[0].Value : "")}".Trim()));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => counted.Enqueue($"{instrument.Name} {tags[0].Value}"));
        listener.Start();

        await manager.RenderAsync(new RenderRequest { Url = ManagerUnderTest.Card });

        Assert.Equal(
            [
                "fleet.manager.in_flight 1",
                "fleet.manager.forward.duration busy",
                "fleet.manager.retries 1 busy",
                "fleet.manager.forward.duration verdict",
                "fleet.manager.in_flight -1",
                "fleet.manager.renders 1 rendered",
                "fleet.manager.render.duration rendered",
            ],
            counted);
    }

    [Fact]
    public async Task Work_QueuedAndRunningRenders_AreBothCounted()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:RendersPerSlot=1");
        var server = await manager.AddServerAsync("prerender-0", slots: 1);
        server.Answer = FakeServer.NeverAnswerAsync;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var renders = Enumerable.Range(0, 3).Select(number => manager.PostAsync(new RenderRequest { Url = $"{ManagerUnderTest.Card}{number}" }, ended.Token)).ToList();
        await Eventually.TrueAsync(async () => (await ReadAsync(manager)).Contains("fleet.manager.queue 2"), () => "two renders in the queue");
        // One runs and two wait, and the server's renders took 30 ms recently.
        Assert.Contains("fleet.manager.work 0.09", await ReadAsync(manager));
        Assert.Contains("fleet.manager.slots 1", await ReadAsync(manager));
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(renders));
    }

    [Fact]
    public async Task Metrics_Open_AreInTheFormatOfPrometheus()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Fleet:Metrics=open");
        await manager.AddServerAsync("prerender-0");
        await manager.RenderAsync(new RenderRequest { Url = ManagerUnderTest.Card });
        var text = await manager.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Matches("(?m)^fleet_manager_renders_total\\{.*outcome=\"rendered\".*\\} [1-9]", text);
        Assert.Matches("(?m)^fleet_manager_render_duration_seconds_bucket\\{.*le=\"150\"", text);
        Assert.Matches("(?m)^http_server_request_duration_seconds_bucket\\{.*le=\"150\"", text);
        Assert.Matches("(?m)^fleet_manager_work_seconds\\{?", text);
        Assert.Matches("(?m)^fleet_manager_in_flight\\{?", text);
    }

    [Fact]
    public async Task Metrics_WithKey_RequireIt()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Fleet:Metrics=key");
        using var without = await manager.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        await ManagerUnderTest.AssertProblemAsync(without, 401, "wrong-admin-key");
        manager.UseAdminKey();
        Assert.Contains("fleet_manager_slots", await manager.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_ByDefault_AreNotServed()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        manager.UseAdminKey();
        using var response = await manager.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task ChangedSettings_OfAManager_AreNamedWithoutTheKey()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:MaxAttempts=2");
        Assert.Equal(
            ["Fleet:AdminKey=(set, not shown)", "Fleet:StopNotice=00:00:00", "Manager:MaxAttempts=2"],
            global::Fleet.ServiceDefaults.Options.ChangedSettings.Of(manager.App.Services));
    }

    private static Task<List<string>> ReadAsync(ManagerUnderTest manager)
    {
        var factory = manager.App.Services.GetRequiredService<IMeterFactory>();
        var read = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Fleet.Manager" && instrument.IsObservable && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => read.Add($"{instrument.Name} {value}"));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => read.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{instrument.Name} {value:0.###}")));
        listener.Start();
        listener.RecordObservableInstruments();
        return Task.FromResult(read);
    }
}
