using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Telemetry;

/// <summary>Formats each log entry as one JSON object on one line, for a log collector: <c>time</c> (UTC), <c>level</c>, <c>service</c>, <c>trace</c>, <c>span</c>, <c>category</c>,
/// <c>message</c>, <c>exception</c> and <c>values</c>, the values in the message by name. The framework's formatter has neither time nor service.</summary>
internal sealed class JsonLines(TimeProvider timeProvider, IOptionsMonitor<ConsoleLinesOptions> options) : ConsoleFormatter(FormatterName)
{
    /// <summary>The formatter's name in <c>Logging:Console:FormatterName</c>.</summary>
    public const string FormatterName = "fleet-json";

    private const string Template = "{OriginalFormat}";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        // The default encoder escapes everything but printable ASCII, so no text of a page reaches a terminal that shows the log.
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("time", timeProvider.GetUtcNow().UtcDateTime);
            json.WriteString("level", logEntry.LogLevel.ToString().ToLowerInvariant());
            WriteIfAny(json, "service", options.CurrentValue.Service);
            if (Activity.Current is { } activity)
            {
                json.WriteString("trace", activity.TraceId.ToHexString());
                json.WriteString("span", activity.SpanId.ToHexString());
            }

            json.WriteString("category", logEntry.Category);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            WriteIfAny(json, "exception", logEntry.Exception?.ToString());
            if (logEntry.State is IReadOnlyList<KeyValuePair<string, object?>> values && values.Any(value => value.Key != Template))
            {
                json.WriteStartObject("values");
                foreach (var (name, value) in values.Where(value => value.Key != Template))
                {
                    json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }
}
