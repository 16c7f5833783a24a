using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Fleet.Tests.Telemetry;

/// <summary>Measurements of the instruments of one meter factory, from now on. Each service under test has its own factory, since several run at the same time.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly ConcurrentQueue<(string Name, double Value)> _all = new();
    private readonly MeterListener _listener = new();

    public Measurements(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _all.Enqueue((instrument.Name, value)));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => _all.Enqueue((instrument.Name, value)));
        _listener.Start();
    }

    /// <summary>Every measurement of one instrument, in order.</summary>
    public IEnumerable<double> Of(string instrument) => _all.Where(m => m.Name == instrument).Select(m => m.Value);

    public void Dispose() => _listener.Dispose();
}
