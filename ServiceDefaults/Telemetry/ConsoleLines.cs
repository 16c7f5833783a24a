using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Telemetry;

/// <summary>Formats each log entry as one readable line for a console that shows the whole fleet: time, level, service, trace id, type and message. A line
/// that belongs to no request has no trace id. Event ids and full category names are omitted; they are in OTLP.</summary>
internal sealed class ConsoleLines(TimeProvider timeProvider, IOptionsMonitor<ConsoleLinesOptions> options) : ConsoleFormatter(FormatterName)
{
    /// <summary>The formatter's name in <c>Logging:Console:FormatterName</c>.</summary>
    public const string FormatterName = "fleet";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = TerminalText.Escape(logEntry.Formatter(logEntry.State, logEntry.Exception).ReplaceLineEndings(" "));
        var type = logEntry.Category[(logEntry.Category.LastIndexOf('.') + 1)..];
        textWriter.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{timeProvider.GetLocalNow():HH:mm:ss.fff} {Word(logEntry.LogLevel)} {Service}{Trace}{type}: {message}"));
        // The stack trace of a cancellation shows no fault, for example when another service's failure cancelled a start.
        if (logEntry.Exception is { } exception)
        {
            textWriter.WriteLine(TerminalText.EscapeLines(exception is OperationCanceledException ? $"{exception.GetType().FullName}: {exception.Message}" : exception.ToString(), ""));
        }
    }

    private string Service => options.CurrentValue.Service is { Length: > 0 } service ? service + " " : "";

    private static string Trace => Activity.Current is { } activity ? activity.TraceId.ToHexString() + " " : "";

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "WARN ",
        LogLevel.Error => "ERROR",
        _ => "FATAL",
    };
}

/// <summary>Options of <see cref="ConsoleLines"/>, section <c>Logging:Console:FormatterOptions</c>.</summary>
internal sealed class ConsoleLinesOptions : ConsoleFormatterOptions
{
    /// <summary>Service name to print in each line. Default: the resource name (<c>OTEL_SERVICE_NAME</c>), otherwise that of the program.</summary>
    public string? Service { get; set; }
}
