using System.Diagnostics;
using Fleet.Manager.Rendering;
using Fleet.Manager.Telemetry;

namespace Fleet.Manager.Pipeline;

/// <summary>Records each render as a span, in the metrics and as a log line.</summary>
internal sealed partial class RenderRecorder(ManagerMetrics metrics, TimeProvider timeProvider, ILogger<RenderRecorder> logger)
{
    /// <summary>Begins a record; disposing it completes the record.</summary>
    public Record Begin(string requestId) => new(this, requestId);

    [LoggerMessage(LogLevel.Debug, "Render {RequestId}: {Outcome} in {DurationMs:F0} ms.")]
    private partial void LogAnswered(string requestId, string outcome, double durationMs);

    internal sealed class Record : IDisposable
    {
        private readonly RenderRecorder _recorder;
        private readonly string _requestId;
        private readonly Activity? _activity;
        private readonly long _started;

        public Record(RenderRecorder recorder, string requestId)
        {
            (_recorder, _requestId, _started) = (recorder, requestId, recorder.Now);
            _activity = ManagerActivity.Source.StartActivity("render")?.SetTag("fleet.request_id", requestId);
        }

        /// <summary>The answer; null when the caller disconnected first.</summary>
        public RenderAnswer? Answer { get; set; }

        public void Dispose()
        {
            var duration = _recorder.Since(_started);
            var outcome = Answer?.RenderError?.Reason ?? Answer?.Content?.Outcome.ToString() ?? "cancelled";
            _recorder.End(Answer, duration);
            _activity?.SetTag("fleet.outcome", outcome);
            _activity?.Dispose();
            _recorder.LogAnswered(_requestId, outcome, duration.TotalMilliseconds);
        }
    }

    private long Now => timeProvider.GetTimestamp();

    private TimeSpan Since(long started) => timeProvider.GetElapsedTime(started);

    private void End(RenderAnswer? answer, TimeSpan duration) => metrics.Answered(answer, duration);
}
