using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fleet.ServiceDefaults.Telemetry;

/// <summary>OpenTelemetry, exported by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; without it nothing is collected.</summary>
public static class TelemetryExtensions
{
    /// <summary>The fleet's sources and meters are named after their assemblies: <c>Fleet.Manager</c>, <c>Fleet.PrerenderServer</c>, …</summary>
    private const string FleetSources = "Fleet.*";

    /// <summary>Removes the current request from its trace. Call it where an asset is served: traces are for visits.</summary>
    public static void SuppressTrace(this HttpContext http)
    {
        if (http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpActivityFeature>()?.Activity is { } activity)
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    /// <summary>Logs to the console in the fleet's own format, or in the one that <c>Logging:Console:FormatterName</c> names.</summary>
    public static ILoggingBuilder AddFleetConsole(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.AddConsoleFormatter<ConsoleLines, ConsoleLinesOptions>();
        return logging.AddConsole(console =>
            console.FormatterName = configuration["Logging:Console:FormatterName"] ?? ConsoleLines.FormatterName);
    }

    /// <summary>Whether a collector is configured.</summary>
    internal static bool IsTelemetryExported(this IHostApplicationBuilder builder) =>
        !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    internal static void AddFleetTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddFleetConsole(builder.Configuration);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // The client logs every attempt with its stack trace; the registry says once that Redis is away, and when it is back.
        builder.Logging.AddFilter("StackExchange.Redis", LogLevel.Critical);
        // The caller of /health has the answer; as a log line "not ready yet" would be an error per poll.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);

        if (!builder.IsTelemetryExported())
        {
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Configuration["OTEL_SERVICE_NAME"] ?? builder.Environment.ApplicationName))
            .WithMetrics(metrics => metrics
                .AddMeter(FleetSources)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation())
            .WithTracing(tracing => tracing
                .SetSampler(new ParentBasedSampler(new VisitSampler()))
                .AddSource(FleetSources)
                .AddAspNetCoreInstrumentation(options => options.Filter = http => !IsHealthRequest(http.Request.Path))
                .AddHttpClientInstrumentation())
            .UseOtlpExporter();
    }

    private static bool IsHealthRequest(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal) || path.StartsWithSegments("/alive", StringComparison.Ordinal);

    /// <summary>Decides which traces begin: those of requests and of the fleet's own work. A call that a background loop makes (a heartbeat, a
    /// poll, a command to Redis) is a root of kind Client and begins none.</summary>
    private sealed class VisitSampler : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters parameters) =>
            new(parameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
    }
}
