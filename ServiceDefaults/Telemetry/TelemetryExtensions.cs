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

/// <summary>Configures OpenTelemetry: exported by OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, otherwise not collected.</summary>
public static class TelemetryExtensions
{
    /// <summary>Matches the fleet's sources and meters, which are named after their assemblies: <c>Fleet.Manager</c>, <c>Fleet.PrerenderServer</c>, …</summary>
    private const string FleetSources = "Fleet.*";

    /// <summary>Removes the current request from its trace. Call it for assets: only renders and page requests are traced.</summary>
    public static void SuppressTrace(this HttpContext http)
    {
        if (http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpActivityFeature>()?.Activity is { } activity)
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    /// <summary>Logs to the console in the fleet's format, or in the one that <c>Logging:Console:FormatterName</c> names.</summary>
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
        // The client logs every attempt with a stack trace; the registry logs once when Redis becomes unavailable and when it is back.
        builder.Logging.AddFilter("StackExchange.Redis", LogLevel.Critical);
        // The response of /health has the result; logged, a service that is not ready would be an error per poll.
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
                .SetSampler(new ParentBasedSampler(new RootSampler()))
                .AddSource(FleetSources)
                .AddAspNetCoreInstrumentation(options => options.Filter = http => !IsHealthRequest(http.Request.Path))
                .AddHttpClientInstrumentation())
            .UseOtlpExporter();
    }

    private static bool IsHealthRequest(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal) || path.StartsWithSegments("/alive", StringComparison.Ordinal);

    /// <summary>Samples traces that start with a request or with the fleet's own work. Calls of background loops (heartbeats, polls, Redis commands) are roots of kind
    /// Client and are dropped.</summary>
    private sealed class RootSampler : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters parameters) =>
            new(parameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
    }
}
