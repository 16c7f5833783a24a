using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Fleet.RealmServer.Indexing;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.ServiceDefaults.Security;
using Fleet.Tests.Registry;
using Fleet.Tests.Rendering;
using Fleet.Tests.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.RealmServer;

/// <summary>The monitor of the manager, on a clock that the test moves.</summary>
public sealed class RenderingMonitorTests : IDisposable
{
    private readonly VirtualTimeProvider _time = new();
    private readonly Manager _manager = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _manager.Dispose();

    [Fact]
    public async Task Manager_AwayAndBack_IsOneWarningOneLineAndAMetric()
    {
        using var log = new LogRecorder();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(log));
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var degraded = new Degraded(services.GetRequiredService<IMeterFactory>());
        using var http = new HttpClient(_manager) { BaseAddress = new("http://manager/") };
        using var monitor = new RenderingMonitor(
            new ManagerClient(http, new InternalAddresses(new ConfigurationBuilder().Build()), _time), new IndexProgress(_time), new RealmMetrics(services.GetRequiredService<IMeterFactory>()), _time, loggers.CreateLogger<RenderingMonitor>());
        await monitor.StartAsync(Cancel);
        await ProbesAsync(1);
        Assert.Equal(0, degraded.Read("no_manager"));

        _manager.IsAway = true;
        await ProbesAsync(10);

        Assert.Equal(RenderingTrouble.NoManager, monitor.Current.Trouble);
        var health = await monitor.CheckHealthAsync(new HealthCheckContext(), Cancel);
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("http://manager/ cannot be reached", health.Description, StringComparison.Ordinal);
        Assert.Equal((1, 0), (degraded.Read("no_manager"), degraded.Read("cards_fail")));
        Assert.Single(log.Lines, line => line.Contains("Rendering is degraded", StringComparison.Ordinal));

        _manager.IsAway = false;
        await ProbesAsync(3);

        Assert.Equal(HealthStatus.Healthy, (await monitor.CheckHealthAsync(new HealthCheckContext(), Cancel)).Status);
        Assert.Equal(0, degraded.Read("no_manager"));
        Assert.Single(log.Lines, line => line.Contains("Pages are rendered again", StringComparison.Ordinal));
        await monitor.StopAsync(Cancel);
    }

    // The monitor may still be evaluating the latest probe; the one before it has been evaluated.
    private async Task ProbesAsync(int probes)
    {
        for (var probe = 0; probe <= probes; probe++)
        {
            var before = _manager.Probes;
            _time.Advance(RegistryTtl.Repeat);
            await Eventually.TrueAsync(() => _manager.Probes > before, () => "another probe of the manager");
        }
    }

    private sealed class Manager : HttpMessageHandler
    {
        private volatile bool _isAway;
        private int _probes;

        public bool IsAway { set => _isAway = value; }

        public int Probes => Volatile.Read(ref _probes);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isAway = _isAway;
            Interlocked.Increment(ref _probes);
            return isAway ? throw new HttpRequestException("Connection refused") : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }

    /// <summary>The gauge, by reason.</summary>
    private sealed class Degraded : IDisposable
    {
        private readonly ConcurrentDictionary<string, int> _values = new();
        private readonly MeterListener _listener = new();

        public Degraded(IMeterFactory meters)
        {
            _listener.InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name == "fleet.realm.degraded")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<int>((_, value, tags, _) => _values[(string)tags[0].Value!] = value);
            _listener.Start();
        }

        public int Read(string reason)
        {
            _listener.RecordObservableInstruments();
            return _values[reason];
        }

        public void Dispose() => _listener.Dispose();
    }
}
