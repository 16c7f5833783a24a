using System.Diagnostics;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Manager.Telemetry;
using Fleet.ServiceDefaults.Telemetry;

namespace Fleet.Manager.Pipeline;

/// <summary>Records each render as a span, in the metrics and, if the fleet failed to render, as a log line.</summary>
internal sealed partial class RenderRecorder(ManagerMetrics metrics, TimeProvider timeProvider, ILogger<RenderRecorder> logger)
{
    private const int MaxLines = 20;

    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    private readonly LogLimiter _lines = new(MaxLines, s_window, timeProvider);

    /// <summary>Begins a record; disposing it completes the record.</summary>
    public Record Begin(RenderCall call) => new(this, call, ManagerActivity.Source.StartActivity("render")?.SetTag("fleet.request_id", call.RequestId), timeProvider.GetTimestamp());

    private void End(Record record, long started)
    {
        var (answer, duration) = (record.Answer, timeProvider.GetElapsedTime(started));
        var outcome = answer?.RenderError?.Reason ?? answer?.Content?.Outcome.ToString() ?? "cancelled";
        metrics.Answered(answer, duration);
        record.Activity?.SetTag("fleet.outcome", outcome);
        record.Activity?.Dispose();
        if (answer is not null && RenderFailure.Explain(answer) is { } reason)
        {
            if (_lines.TryTake(out var omitted))
            {
                LogFailed(record.Call.RequestId, RenderFailure.UrlOf(record.Call), outcome, duration.TotalMilliseconds, reason, omitted == 0 ? "" : $" {omitted} more failed before.");
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

        /// <summary>The answer; null when the caller disconnected first.</summary>
        public RenderAnswer? Answer { get; set; }

        public void Dispose() => recorder.End(this, started);
    }
}

/// <summary>Decides which answers are failures that an operator should see, and words them.</summary>
internal static class RenderFailure
{
    private const int MaxReason = 300;

    /// <summary>Why the fleet failed to render; null when it did not: a rendered page, an error page of the content, or an invalid request.</summary>
    public static string? Explain(RenderAnswer answer) => answer switch
    {
        { RenderError: { Status: >= 500 or 429 } error } => error.Detail,
        { RenderError: not null } or { Content.Outcome: RenderOutcome.Rendered or RenderOutcome.Unauthorized } or { Content: { Outcome: RenderOutcome.Failed, Status: >= 400 and <= 599 } } => null,
        { Content: { } content } => Cut($"{(content.Server is { } server ? $"{server}: " : "")}{Message(content.ReadDiagnostics())}") + (content.Record is { } record ? $" [GET {record}]" : ""),
        _ => null,
    };

    /// <summary>The URL for logs. The query of a command, or of a render with credentials, may be private.</summary>
    public static string UrlOf(RenderCall call) =>
        call.Command is not null || call.Request.Credentials is not null ? call.Request.Url.Split('?', '#')[0] : call.Request.Url;

    private static string Message(RenderDiagnostics? diagnostics) =>
        $"{diagnostics?.Message ?? "no reason was given"}{(diagnostics?.Stage is { } stage ? $" (in step {stage})" : "")}";

    // The message may be the page's own.
    private static string Cut(string text) => new([.. text.Take(MaxReason).Select(c => char.IsControl(c) ? ' ' : c)]);
}
