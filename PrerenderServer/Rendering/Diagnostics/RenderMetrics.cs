using System.Diagnostics.Metrics;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Telemetry;

namespace Fleet.PrerenderServer.Rendering.Diagnostics;

/// <summary>Metrics of renders.</summary>
internal sealed class RenderMetrics
{
    private const double AverageWeight = 0.2;
    private readonly Histogram<double> _duration;
    private double _recentMs;

    public RenderMetrics(IMeterFactory meters)
    {
        _duration = meters.Create("Fleet.PrerenderServer").CreateHistogram("fleet.render.duration", "s", "Time a render held its page.",
            advice: MetricConventions.Durations);
    }

    /// <summary>Moving average of the duration of renders without the queue, in milliseconds; 0 before the first.</summary>
    public double RecentMs => Volatile.Read(ref _recentMs);

    /// <summary>Records a render that reached a page.</summary>
    public void Rendered(RenderOutcome outcome, bool document, bool warm, TimeSpan took)
    {
        _duration.Record(took.TotalSeconds,
            new KeyValuePair<string, object?>("outcome", MetricConventions.TagValue(outcome)),
            new KeyValuePair<string, object?>("path", document ? "document" : "host"),
            new KeyValuePair<string, object?>("warm", warm));
        // Racing renders may lose an update, which does not matter for an average.
        var recent = RecentMs;
        Volatile.Write(ref _recentMs, recent == 0 ? took.TotalMilliseconds : recent + ((took.TotalMilliseconds - recent) * AverageWeight));
    }
}
