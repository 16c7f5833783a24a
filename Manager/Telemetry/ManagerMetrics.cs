using System.Diagnostics.Metrics;
using System.Diagnostics;
using Fleet.Contracts;
using Fleet.Manager.Forwarding;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults.Telemetry;

namespace Fleet.Manager.Telemetry;

/// <summary>The manager's metrics.</summary>
internal sealed class ManagerMetrics
{
    private readonly Counter<long> _renders;
    private readonly Histogram<double> _renderDuration;
    private readonly Histogram<double> _forwardDuration;
    private readonly Counter<long> _retries;
    private readonly UpDownCounter<long> _inFlight;
    private readonly Counter<long> _coalesced;
    private readonly Histogram<double> _waits;
    private readonly Counter<long> _jobUrls;
    private readonly Counter<long> _webhooks;
    private readonly Meter _meter;

    private readonly RenderHistory _history;

    public ManagerMetrics(IMeterFactory meters, RenderHistory history)
    {
        _history = history;
        var meter = _meter = meters.Create("Fleet.Manager");
        _renders = meter.CreateCounter<long>("fleet.manager.renders", "{render}", "Renders answered, by outcome or error status.");
        _renderDuration = meter.CreateHistogram("fleet.manager.render.duration", "s", "Time from request to answer.", advice: MetricConventions.Durations);
        _forwardDuration = meter.CreateHistogram("fleet.manager.forward.duration", "s", "Duration of one attempt on one server.", advice: MetricConventions.Durations);
        _retries = meter.CreateCounter<long>("fleet.manager.retries", "{retry}", "Attempts that were retried, by reason.");
        _inFlight = meter.CreateUpDownCounter<long>("fleet.manager.in_flight", "{render}", "Renders in flight.");
        _coalesced = meter.CreateCounter<long>("fleet.manager.coalesced", "{render}", "Renders that joined an identical render in flight.");
        _waits = meter.CreateHistogram("fleet.manager.wait.duration", "s", "Waiting time of renders that had to queue.", advice: MetricConventions.Durations);
        _jobUrls = meter.CreateCounter<long>("fleet.manager.job.urls", "{url}", "URLs of jobs that this manager has done, by kind of job and outcome.");
        _webhooks = meter.CreateCounter<long>("fleet.manager.webhooks", "{attempt}", "Attempts to send a webhook, by outcome.");
    }

    public void Started() => _inFlight.Add(1);

    public void Ended() => _inFlight.Add(-1);

    public void Coalesced() => _coalesced.Add(1);

    public void Waited(TimeSpan duration)
    {
        _waits.Record(duration.TotalSeconds);
        _history.Waited(duration);
    }

    /// <summary>Observes the queue and the work of the fleet. For an autoscaler.</summary>
    public void ObserveLoad(Func<ManagerLoad> load)
    {
        _meter.CreateObservableGauge("fleet.manager.queue", () => load().Queued, "{render}", "Renders that wait in the queue.");
        _meter.CreateObservableGauge("fleet.manager.backlog", () => load().Backlog.TotalSeconds, "s", "Estimated time until all waiting renders have started.");
        _meter.CreateObservableGauge("fleet.manager.work", () => load().Work.TotalSeconds, "s", "Work of all queued and running renders, as the time that one slot would need for it.");
        _meter.CreateObservableGauge("fleet.manager.slots", () => load().Slots, "{slot}", "Slots of the ready servers.");
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
    public void Answered(RenderAnswer? answer, bool isFailed, TimeSpan duration)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", answer is null ? "cancelled" : Name(answer));
        _renders.Add(1, outcome);
        _renderDuration.Record(duration.TotalSeconds, outcome);
        _history.Answered(answer, isFailed, duration);
    }

    public void Forwarded(ForwardKind kind, TimeSpan duration) =>
        _forwardDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("kind", MetricConventions.TagValue(kind)));

    /// <summary>Records the result of a URL of a job.</summary>
    public void JobUrlDone(JobKind kind, JobUrlOutcome outcome) => _jobUrls.Add(
        1, new KeyValuePair<string, object?>("kind", MetricConventions.TagValue(kind)), new KeyValuePair<string, object?>("outcome", MetricConventions.TagValue(outcome)));

    /// <summary>Records an attempt to send a webhook.</summary>
    public void WebhookSent(bool isDelivered) => _webhooks.Add(1, new KeyValuePair<string, object?>("outcome", isDelivered ? "delivered" : "failed"));

    public void Retried(ForwardKind reason) => _retries.Add(1, new KeyValuePair<string, object?>("reason", MetricConventions.TagValue(reason)));

    // A server may send any reason; as a tag value each would be a time series of its own.
    private static string Name(RenderAnswer answer) => answer.IsError ? $"refused_{answer.RenderError.Status}" : MetricConventions.TagValue(answer.Content.Summary.Outcome);
}

/// <summary>The work of a manager at one moment.</summary>
/// <param name="Queued">Renders that wait in the queue.</param>
/// <param name="Backlog">Estimated time until all of them have started.</param>
/// <param name="Work">The work of all queued and running renders: their number times the recent duration of a render.</param>
/// <param name="Slots">Slots of the ready servers.</param>
internal sealed record ManagerLoad(int Queued, TimeSpan Backlog, TimeSpan Work, int Slots);

/// <summary>The source of the manager's spans.</summary>
internal static class ManagerActivity
{
    public static ActivitySource Source { get; } = new("Fleet.Manager");
}
