using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Fleet.ServiceDefaults.Telemetry;

/// <summary>Asks for the two providers, which makes them listen; a singleton that nobody asks for is never built.</summary>
#pragma warning disable CS9113 // The parameters' construction is the point.
internal sealed class TelemetryStarter(TracerProvider tracing, MeterProvider metrics) : IHostedService
#pragma warning restore CS9113
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
