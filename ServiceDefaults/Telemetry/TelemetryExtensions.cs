using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fleet.ServiceDefaults.Telemetry;

/// <summary>OpenTelemetry, exported by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set and free when it is not.</summary>
internal static class TelemetryExtensions
{
    /// <summary>The fleet's own sources and meters are named after their assemblies: <c>Fleet.Manager</c>, <c>Fleet.PrerenderServer</c>, …</summary>
    private const string FleetSources = "Fleet.*";

    private static readonly string[] s_frameworkSources = ["Microsoft.AspNetCore", "System.Net.Http"];

    private static readonly string[] s_frameworkMeters =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime"];

    public static void AddFleetTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddConsoleFormatter<ConsoleLines, ConsoleFormatterOptions>();
        builder.Logging.AddConsole(console =>
            console.FormatterName = builder.Configuration["Logging:Console:FormatterName"] ?? ConsoleLines.FormatterName);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // "Not ready yet" is an answer, and whoever asked has it; as a log line it would be an error per poll.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);

        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        var resource = ResourceBuilder.CreateDefault()
            .AddService(builder.Configuration["OTEL_SERVICE_NAME"] ?? builder.Environment.ApplicationName);

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
            logging.SetResourceBuilder(resource);
            logging.AddOtlpExporter();
        });

        // The providers are built here rather than by the hosting package, which not every feed has. The container disposes
        // them last, and disposing flushes.
        builder.Services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(FleetSources)
            .AddSource(s_frameworkSources)
            .AddOtlpExporter()
            .Build());
        builder.Services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(FleetSources)
            .AddMeter(s_frameworkMeters)
            .AddOtlpExporter()
            .Build());
        builder.Services.AddHostedService<TelemetryStarter>();
    }
}
