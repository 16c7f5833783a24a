using System.Diagnostics;
using System.Diagnostics.Metrics;
using Fleet.PrerenderServer.Pool.Core.State;

namespace Fleet.PrerenderServer.Pool;

/// <summary>Metrics of the pool.</summary>
internal sealed class PoolMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Fleet.Pool";

    // Up to the longest request deadline, which bounds every wait.
    private static readonly double[] WaitBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

    private readonly Meter _meter;
    private readonly Histogram<double> _waits;
    private readonly Counter<long> _closes;
    private readonly Counter<long> _creations;
    private readonly Histogram<double> _fresh;
    private Func<PoolSnapshot> _snapshot = () => PoolSnapshot.Empty;

    public PoolMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _meter.CreateObservableGauge("fleet.pool.slots", Slots, "{slot}", "Slots by state.");
        _meter.CreateObservableGauge("fleet.pool.waiting", () => _snapshot().Totals.Waiting, "{request}", "Requests waiting for a page.");
        _waits = _meter.CreateHistogram(
            "fleet.pool.wait.duration", "s", "Time from the request for a page to the end of the wait, by how the wait ended.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = WaitBuckets });
        _closes = _meter.CreateCounter<long>("fleet.pool.closes", "{slot}", "Slots closed, by reason and by the stage that closed them.");
        _creations = _meter.CreateCounter<long>("fleet.pool.creations", "{slot}", "Slots created, by outcome.");
        _fresh = _meter.CreateHistogram(
            "fleet.shell.time_to_fresh", "s", "Time from the moment a host shell became current until every page of this server has it.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = WaitBuckets });
    }

    /// <summary>Sets the source of the gauges.</summary>
    public void Observe(Func<PoolSnapshot> source) => _snapshot = source;

    /// <summary>Records a wait. <paramref name="end"/> is <c>warm</c>, <c>cold</c>, <c>cancelled</c>, <c>Deadline</c>, <c>ShuttingDown</c> or
    /// <c>StaleShell</c>.</summary>
    public void Waited(TimeSpan time, string end) => _waits.Record(time.TotalSeconds, new TagList { { "end", end } });

    public void Closed(CloseReason reason, CloseStage stage) =>
        _closes.Add(1, new TagList { { "reason", reason.ToString() }, { "stage", stage.ToString() } });

    public void Created(string outcome) => _creations.Add(1, new TagList { { "outcome", outcome } });

    /// <summary>Records that every page of this server has the current host shell.</summary>
    public void Fresh(TimeSpan sinceChange) => _fresh.Record(sinceChange.TotalSeconds);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Slots()
    {
        var states = _snapshot().Totals.States;
        return Enum.GetValues<SlotState>()
            .Select(state => new Measurement<int>(states.GetValueOrDefault(state), new KeyValuePair<string, object?>("state", state.ToString())));
    }
}
