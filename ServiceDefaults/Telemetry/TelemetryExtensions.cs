using System.Diagnostics;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fleet.ServiceDefaults.Telemetry;

/// <summary>Configures OpenTelemetry: exported by OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, metrics also at <c>/metrics</c> if <c>Fleet:Metrics</c> says so;
/// otherwise not collected.</summary>
public static class TelemetryExtensions
{
    /// <summary>Matches the fleet's sources and meters, which are named after their assemblies: <c>Fleet.Manager</c>, <c>Fleet.PrerenderServer</c>, …</summary>
    private const string FleetSources = "Fleet.*";

    private const string LogFormatSetting = FleetOptions.Section + ":" + nameof(FleetOptions.LogFormat);
    private const string MetricsSetting = FleetOptions.Section + ":" + nameof(FleetOptions.Metrics);

    // A request that renders takes as long as the render.
    private static readonly string[] s_requestDurations = ["http.server.request.duration", "http.client.request.duration"];

    /// <summary>Removes the current request from its trace. Call it for assets: only renders and page requests are traced.</summary>
    public static void SuppressTrace(this HttpContext http)
    {
        if (http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpActivityFeature>()?.Activity is { } activity)
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    /// <summary>Logs to the console in the format of <c>Fleet:LogFormat</c>, or in the one that <c>Logging:Console:FormatterName</c> names.</summary>
    public static ILoggingBuilder AddFleetConsole(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.AddConsoleFormatter<ConsoleLines, ConsoleLinesOptions>();
        logging.AddConsoleFormatter<JsonLines, ConsoleLinesOptions>();
        logging.Services.PostConfigure<ConsoleLinesOptions>(lines => lines.Service ??= ServiceName(configuration));
        return logging.AddConsole(console => console.FormatterName = configuration["Logging:Console:FormatterName"]
            ?? (configuration[LogFormatSetting] == "json" ? JsonLines.FormatterName : ConsoleLines.FormatterName));
    }

    /// <summary>The resource name (<c>prerender-0</c>), otherwise the program's own: <c>manager</c> of <c>Fleet.Manager</c>. Null for a program that has neither.</summary>
    private static string? ServiceName(IConfiguration configuration) =>
        configuration["OTEL_SERVICE_NAME"] ?? configuration[HostDefaults.ApplicationKey]?.Split('.')[^1].ToLowerInvariant();

    /// <summary>Whether a collector is configured.</summary>
    internal static bool IsTelemetryExported(this IHostApplicationBuilder builder) =>
        !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    internal static void AddFleetTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddFleetConsole(builder.Configuration);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // The client logs every attempt with a stack trace; the registry logs once when Redis becomes unavailable and when it is back.
        builder.Logging.AddFilter("StackExchange.Redis", LogLevel.Critical);
        // The response of /health has the result; logged, a service that is not ready would be an error per poll.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);

        var (metricsExported, scraped) = (builder.IsExported("METRICS"), builder.Configuration[MetricsSetting] is { } metrics && metrics != "off");
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Configuration["OTEL_SERVICE_NAME"] ?? builder.Environment.ApplicationName));
        if (metricsExported || scraped)
        {
            telemetry.WithMetrics(metrics => AddMetrics(metrics, metricsExported, scraped));
        }

        if (builder.IsExported("LOGS"))
        {
            builder.Logging.AddOpenTelemetry(logging =>
            {
                logging.IncludeFormattedMessage = true;
                logging.IncludeScopes = true;
                logging.AddOtlpExporter();
            });
        }

        if (builder.IsExported("TRACES"))
        {
            telemetry.WithTracing(tracing => tracing
                .SetSampler(new ParentBasedSampler(new RootSampler()))
                .AddSource(FleetSources)
                .AddAspNetCoreInstrumentation(options => options.Filter = http => !IsHealthRequest(http.Request.Path))
                .AddHttpClientInstrumentation()
                .AddOtlpExporter());
        }
    }

    // OTEL_TRACES_EXPORTER and its like are the variables of OpenTelemetry by which a signal is turned off.
    private static bool IsExported(this IHostApplicationBuilder builder, string signal) => builder.IsTelemetryExported() && builder.Configuration[$"OTEL_{signal}_EXPORTER"] != "none";

    private static void AddMetrics(MeterProviderBuilder metrics, bool exported, bool scraped)
    {
        metrics
            .AddMeter(FleetSources)
            .AddAspNetCoreInstrumentation()
            .AddHttpClientInstrumentation()
            .AddRuntimeInstrumentation();
        foreach (var requests in s_requestDurations)
        {
            metrics.AddView(requests, new ExplicitBucketHistogramConfiguration { Boundaries = [.. MetricConventions.Durations.HistogramBucketBoundaries!] });
        }

        if (exported)
        {
            metrics.AddOtlpExporter();
        }

        if (scraped)
        {
            metrics.AddPrometheusExporter();
        }
    }

    /// <summary>Maps <c>GET /metrics</c> as <c>Fleet:Metrics</c> says.</summary>
    internal static void MapMetrics(this WebApplication app)
    {
        switch (app.Services.GetRequiredService<IOptions<FleetOptions>>().Value.Metrics)
        {
            case "key": app.MapGroup("").RequireAdminKey().MapPrometheusScrapingEndpoint("/metrics"); break;
            case "open": app.MapGroup("").RefuseForeignCallers().MapPrometheusScrapingEndpoint("/metrics"); break;
        }
    }

    private static bool IsHealthRequest(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal) || path.StartsWithSegments("/alive", StringComparison.Ordinal)
        || path.StartsWithSegments("/metrics", StringComparison.Ordinal);

    /// <summary>Samples traces that start with a request or with the fleet's own work. Calls of background loops (heartbeats, polls, Redis commands) are roots of kind
    /// Client and are dropped.</summary>
    private sealed class RootSampler : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters parameters) =>
            new(parameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
    }
}
