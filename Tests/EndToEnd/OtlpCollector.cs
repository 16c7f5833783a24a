using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.EndToEnd;

/// <summary>A span as it arrived.</summary>
/// <param name="Service">The resource attribute <c>service.name</c>.</param>
/// <param name="Name">The name of the span.</param>
/// <param name="Trace">The trace id, in hexadecimal.</param>
/// <param name="Id">The span id, in hexadecimal.</param>
/// <param name="Parent">The id of the parent span; empty for a root.</param>
/// <param name="Tags">Attributes, with their values as text.</param>
internal sealed record CollectedSpan(string Service, string Name, string Trace, string Id, string Parent, IReadOnlyDictionary<string, string> Tags);

/// <summary>An OpenTelemetry collector: receives OTLP over HTTP (protobuf) and keeps what tests ask for. The messages are read by field number, from
/// opentelemetry-proto 1.x (trace/v1, metrics/v1, logs/v1).</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpCollector(WebApplication app) => _app = app;

    public ConcurrentQueue<CollectedSpan> Spans { get; } = [];

    /// <summary>Service and name of each metric that arrived.</summary>
    public ConcurrentDictionary<(string Service, string Name), bool> Metrics { get; } = [];

    /// <summary>Service and text of each log record that arrived.</summary>
    public ConcurrentQueue<(string Service, string Text)> Logs { get; } = [];

    public Uri Url => new(_app.Urls.Single());

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var collector = new OtlpCollector(app);
        app.MapPost("/v1/traces", http => ReceiveAsync(http, collector.ReadSpans));
        app.MapPost("/v1/metrics", http => ReceiveAsync(http, collector.ReadMetrics));
        app.MapPost("/v1/logs", http => ReceiveAsync(http, collector.ReadLogs));
        await app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task ReceiveAsync(HttpContext http, Action<ByteString> read)
    {
        read(await ByteString.FromStreamAsync(http.Request.Body, http.RequestAborted));
        // An empty message is a valid Export…ServiceResponse: everything was accepted.
        http.Response.ContentType = "application/x-protobuf";
    }

    // ExportTraceServiceRequest: 1 resource_spans { 1 resource, 2 scope_spans { 2 spans } }.
    private void ReadSpans(ByteString request)
    {
        foreach (var (service, span) in Items(request))
        {
            Spans.Enqueue(new(service, Text(span, 5), Hex(span, 1), Hex(span, 2), Hex(span, 4), Attributes(span, 9)));
        }
    }

    // ExportMetricsServiceRequest: 1 resource_metrics { 1 resource, 2 scope_metrics { 2 metrics { 1 name } } }.
    private void ReadMetrics(ByteString request)
    {
        foreach (var (service, metric) in Items(request))
        {
            Metrics[(service, Text(metric, 1))] = true;
        }
    }

    // ExportLogsServiceRequest: 1 resource_logs { 1 resource, 2 scope_logs { 2 log_records { 5 body } } }.
    private void ReadLogs(ByteString request)
    {
        foreach (var (service, record) in Items(request))
        {
            Logs.Enqueue((service, Fields(record, 5).Select(ValueText).FirstOrDefault() ?? ""));
        }
    }

    // The three requests have the same outer shape.
    private static IEnumerable<(string Service, ByteString Item)> Items(ByteString request) =>
        from resourceItems in Fields(request, 1)
        let service = Fields(resourceItems, 1).Select(resource => Attributes(resource, 1).GetValueOrDefault("service.name", "")).FirstOrDefault() ?? ""
        from scopeItems in Fields(resourceItems, 2)
        from item in Fields(scopeItems, 2)
        select (service, item);

    private static Dictionary<string, string> Attributes(ByteString message, int field)
    {
        var attributes = new Dictionary<string, string>();
        foreach (var attribute in Fields(message, field))
        {
            attributes[Text(attribute, 1)] = Fields(attribute, 2).Select(ValueText).FirstOrDefault() ?? "";
        }

        return attributes;
    }

    // AnyValue: 1 string, 2 bool, 3 int, 4 double.
    private static string ValueText(ByteString value)
    {
        var input = value.CreateCodedInput();
        return WireFormat.GetTagFieldNumber(input.ReadTag()) switch
        {
            1 => input.ReadString(),
            2 => input.ReadBool().ToString(),
            3 => input.ReadInt64().ToString(System.Globalization.CultureInfo.InvariantCulture),
            4 => input.ReadDouble().ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => "",
        };
    }

    private static string Text(ByteString message, int field) => Fields(message, field).Select(bytes => bytes.ToStringUtf8()).FirstOrDefault() ?? "";

    private static string Hex(ByteString message, int field) => Fields(message, field).Select(bytes => Convert.ToHexStringLower(bytes.Span)).FirstOrDefault() ?? "";

    // The length-delimited fields of a message that have this number.
    private static List<ByteString> Fields(ByteString message, int field)
    {
        var found = new List<ByteString>();
        var input = message.CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == field && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                found.Add(input.ReadBytes());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }
}
