using System.Diagnostics;
using System.Text.Json;
using Fleet.Manager.Rendering;
using Fleet.Manager.Telemetry;
using Fleet.ServiceDefaults.Telemetry;

namespace Fleet.Manager.Pipeline;

/// <summary>Records each render as a span, in the metrics and, if the fleet failed to render, as a log line.</summary>
internal sealed partial class RenderRecorder(ManagerMetrics metrics, RecentRenders recent, TimeProvider timeProvider, ILogger<RenderRecorder> logger)
{
    private const int MaxLines = 20;

    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    private readonly LogLimiter _lines = new(MaxLines, s_window, timeProvider);

    /// <summary>Begins a record; disposing it completes the record.</summary>
    public Record Begin(RenderCall call) => new(this, call, ManagerActivity.Source.StartActivity("render")?.SetTag("fleet.request_id", call.RequestId), timeProvider.GetTimestamp());

    private void End(Record record, long started)
    {
        var (answer, duration) = (record.Answer, timeProvider.GetElapsedTime(started));
        var outcome = answer?.RenderError?.Reason ?? answer?.Content?.Summary.Outcome.ToString() ?? "cancelled";
        // Once: it may parse the whole result.
        var failure = answer is null ? null : RenderFailure.Explain(answer);
        metrics.Answered(answer, failure is not null, duration);
        recent.Add(new()
        {
            At = timeProvider.GetUtcNow(),
            RequestId = record.Call.RequestId,
            Url = RenderFailure.UrlOf(record.Call),
            Affinity = record.Affinity,
            Outcome = answer?.Content is null ? outcome : JsonNamingPolicy.CamelCase.ConvertName(outcome),
            Failed = failure is not null,
            DurationMs = Math.Round(duration.TotalMilliseconds, 1),
            Server = answer?.Content?.Server,
            Warm = answer?.Content?.Summary.Warm,
            Record = answer?.Content?.Summary.Record,
        });
        record.Activity?.SetTag("fleet.outcome", outcome);
        record.Activity?.Dispose();
        if (failure is not null)
        {
            if (_lines.TryTake(out var omitted))
            {
                LogFailed(record.Call.RequestId, RenderFailure.UrlOf(record.Call), outcome, duration.TotalMilliseconds, failure, omitted == 0 ? "" : $" {omitted} more failed before.");
            }
        }
        else
        {
            LogAnswered(record.Call.RequestId, outcome, duration.TotalMilliseconds);
        }
    }

    // The reason ends with the path of the failure's record, if there is one.
    [LoggerMessage(LogLevel.Warning, "Render {RequestId} of {Url} ended as {Outcome} after {DurationMs:F0} ms: {Reason}{Omitted}")]
    private partial void LogFailed(string requestId, string url, string outcome, double durationMs, string reason, string omitted);

    [LoggerMessage(LogLevel.Debug, "Render {RequestId}: {Outcome} in {DurationMs:F0} ms.")]
    private partial void LogAnswered(string requestId, string outcome, double durationMs);

    internal sealed class Record(RenderRecorder recorder, RenderCall call, Activity? activity, long started) : IDisposable
    {
        public RenderCall Call => call;

        public Activity? Activity => activity;

        /// <summary>The affinity, once it is known.</summary>
        public string? Affinity { get; set; }

        /// <summary>The answer; null when the caller disconnected first.</summary>
        public RenderAnswer? Answer { get; set; }

        public void Dispose() => recorder.End(this, started);
    }
}
