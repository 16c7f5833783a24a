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
                "fleet.manager.forward.duration Busy",
                "fleet.manager.retries 1 Busy",
                "fleet.manager.forward.duration Verdict",
                "fleet.manager.in_flight -1",
                "fleet.manager.renders 1 Rendered",
                "fleet.manager.render.duration Rendered",
            ],
            counted);
    }
}
