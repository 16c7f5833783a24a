using System.Diagnostics;
using System.Diagnostics.Metrics;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.ServiceDefaults.Telemetry;

namespace Fleet.PrerenderServer.Pool;

/// <summary>Metrics of the pool.</summary>
internal sealed class PoolMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Fleet.Pool";

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
        _meter.CreateObservableGauge("fleet.pool.waiting", () => _snapshot().Totals.Waiting, "{render}", "Renders waiting for a page.");
        _waits = _meter.CreateHistogram(
            "fleet.pool.wait.duration", "s", "Time from the request for a page to the end of the wait, by how the wait ended.",
            advice: MetricConventions.Durations);
        _closes = _meter.CreateCounter<long>("fleet.pool.closes", "{slot}", "Slots closed, by reason and by the stage that closed them.");
        _creations = _meter.CreateCounter<long>("fleet.pool.creations", "{slot}", "Slots created, by outcome.");
        _fresh = _meter.CreateHistogram(
            "fleet.shell.time_to_fresh", "s", "Time from the moment a host shell became current until every page of this server has it.",
            advice: MetricConventions.Durations);
    }

    /// <summary>Sets the source of the gauges.</summary>
    public void Observe(Func<PoolSnapshot> source) => _snapshot = source;

    /// <summary>Records a wait. <paramref name="end"/> is <c>warm</c>, <c>cold</c>, <c>cancelled</c>, <c>deadline</c>, <c>shutting_down</c> or
    /// <c>stale_shell</c>.</summary>
    public void Waited(TimeSpan time, string end) => _waits.Record(time.TotalSeconds, new TagList { { "end", end } });

    public void Closed(CloseReason reason, CloseStage stage) =>
        _closes.Add(1, new TagList { { "reason", MetricConventions.TagValue(reason) }, { "stage", MetricConventions.TagValue(stage) } });

    public void Created(string outcome) => _creations.Add(1, new TagList { { "outcome", outcome } });

    /// <summary>Records that every page of this server has the current host shell.</summary>
    public void Fresh(TimeSpan sinceChange) => _fresh.Record(sinceChange.TotalSeconds);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Slots()
    {
        var states = _snapshot().Totals.States;
        return Enum.GetValues<SlotState>()
            .Select(state => new Measurement<int>(states.GetValueOrDefault(state), new KeyValuePair<string, object?>("state", MetricConventions.TagValue(state))));
    }
}
