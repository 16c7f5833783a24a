using System.Diagnostics.Metrics;
using System.Diagnostics;
using Fleet.Contracts;
using Fleet.Manager.Forwarding;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Telemetry;

/// <summary>The manager's metrics.</summary>
internal sealed class ManagerMetrics
{
    // Up to the maximum deadline plus its grace; the default buckets end at 10 s.
    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 150],
    };

    private readonly Counter<long> _renders;
    private readonly Histogram<double> _renderDuration;
    private readonly Histogram<double> _forwardDuration;
    private readonly Counter<long> _retries;
    private readonly UpDownCounter<long> _inFlight;
    private readonly Counter<long> _coalesced;
    private readonly Histogram<double> _waits;
    private readonly Meter _meter;

    public ManagerMetrics(IMeterFactory meters)
    {
        var meter = _meter = meters.Create("Fleet.Manager");
        _renders = meter.CreateCounter<long>("fleet.manager.renders", "{render}", "Renders answered, by outcome or error status.");
        _renderDuration = meter.CreateHistogram("fleet.manager.render.duration", "s", "Time from request to answer.", advice: s_seconds);
        _forwardDuration = meter.CreateHistogram("fleet.manager.forward.duration", "s", "Duration of one attempt on one server.", advice: s_seconds);
        _retries = meter.CreateCounter<long>("fleet.manager.retries", "{retry}", "Attempts that were retried, by reason.");
        _inFlight = meter.CreateUpDownCounter<long>("fleet.manager.in_flight", "{render}", "Renders in flight.");
        _coalesced = meter.CreateCounter<long>("fleet.manager.coalesced", "{render}", "Renders that joined an identical render in flight.");
        _waits = meter.CreateHistogram("fleet.manager.wait.duration", "s", "Waiting time of renders that had to queue.", advice: s_seconds);
    }

    public void Entered() => _inFlight.Add(1);

    public void Left() => _inFlight.Add(-1);

    public void Coalesced() => _coalesced.Add(1);

    public void Waited(TimeSpan duration) => _waits.Record(duration.TotalSeconds);

    /// <summary>Observes the queue: its length in renders, and the estimated seconds until all of it has started. For an autoscaler.</summary>
    public void ObserveQueue(Func<(int Renders, double Seconds)> queue)
    {
        _meter.CreateObservableGauge("fleet.manager.queue", () => queue().Renders, "{render}", "Renders that wait in the queue.");
        _meter.CreateObservableGauge("fleet.manager.backlog", () => queue().Seconds, "s", "Estimated time until all waiting renders have started.");
    }

    /// <summary>Observes why the fleet cannot render: one series per reason, 1 for the current one and 0 for the others.</summary>
    /// <param name="reasons">All reasons.</param>
    /// <param name="current">The current reason; any other value when the fleet can render.</param>
    public void ObserveDegraded(IReadOnlyList<string> reasons, Func<string> current) => _meter.CreateObservableGauge(
        "fleet.manager.degraded",
        () =>
        {
            var now = current();
            return reasons.Select(reason => new Measurement<int>(reason == now ? 1 : 0, new KeyValuePair<string, object?>("reason", reason)));
        },
        "{manager}",
        "Whether the fleet cannot render as this manager sees it, by reason: 1 if so.");

    /// <summary>Records the end of a render. <paramref name="answer"/> is null when the caller disconnected first.</summary>
    public void Answered(RenderAnswer? answer, TimeSpan duration)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", answer is null ? "cancelled" : Name(answer));
        _renders.Add(1, outcome);
        _renderDuration.Record(duration.TotalSeconds, outcome);
    }

    public void Forwarded(ForwardKind kind, TimeSpan duration) =>
        _forwardDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("kind", kind.ToString()));

    public void Retried(ForwardKind reason) => _retries.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    // A server may send any reason; as a tag value each would be a time series of its own.
    private static string Name(RenderAnswer answer) => answer.IsError ? $"refused-{answer.RenderError.Status}" : answer.Content.Outcome.ToString();
}

/// <summary>The source of the manager's spans.</summary>
internal static class ManagerActivity
{
    public static ActivitySource Source { get; } = new("Fleet.Manager");
}
