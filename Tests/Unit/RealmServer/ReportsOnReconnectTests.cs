using Fleet.Registry.Reporting;
using Fleet.Registry.Events;
using Fleet.Tests.InMemory;
using Fleet.Tests.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.RealmServer;

public sealed class ReportsOnReconnectTests
{
    // The clock does not move, so no report is repeated by its interval.
    [Fact]
    public async Task Connection_IsRestored_EveryReportIsRepeatedAtOnce()
    {
        var token = TestContext.Current.CancellationToken;
        var time = new VirtualTimeProvider();
        var registry = new InMemoryRegistry(time, NullLoggerFactory.Instance);
        using var one = new CountedReport(time);
        using var other = new CountedReport(time);
        var onReconnect = new ReportsOnReconnect([one, other], registry.Backplane);
        foreach (var service in (IHostedService[])[one, other, onReconnect])
        {
            await service.StartAsync(token);
        }

        await Eventually.TrueAsync(() => one.Sent == 1 && other.Sent == 1, () => $"the first reports; sent {one.Sent} and {other.Sent}");
        await registry.Backplane.PublishAsync(new(FleetEventKind.Pages, "", 0), token);
        await registry.Backplane.PublishAsync(new(FleetEventKind.Reconnected, "", 0), token);

        await Eventually.TrueAsync(() => one.Sent == 2 && other.Sent == 2, () => $"the second reports; sent {one.Sent} and {other.Sent}");
        await onReconnect.StopAsync(token);
        await one.StopAsync(token);
        await other.StopAsync(token);
    }

    private sealed class CountedReport(TimeProvider time) : HeartbeatService("a test", new StartedLifetime(), time, NullLogger.Instance)
    {
        private int _sent;

        public int Sent => Volatile.Read(ref _sent);

        protected override Task SendAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _sent);
            return Task.CompletedTask;
        }
    }

    private sealed class StartedLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted { get; } = new(canceled: true);

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
