using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Stopping;

/// <summary>
/// Keeps the service answering for <c>Fleet:StopNotice</c> when it stops. If the listener closed at once, a request that a client has just sent on a keep-alive
/// connection would fail, and the server cannot tell such a connection from an idle one. During the notice, health checks report unhealthy, and
/// each connection is closed after a response.
/// </summary>
internal sealed partial class StopNotice(IOptions<FleetOptions> options, TimeProvider timeProvider, ILogger<StopNotice> logger)
    : IHostedLifecycleService, IHealthCheck
{
    private volatile bool _isGiven;

    /// <summary>Whether the service is about to stop.</summary>
    public bool IsGiven => _isGiven;

    /// <summary>Waits for the notice before other services stop.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isGiven = true;
        if (options.Value.StopNotice == TimeSpan.Zero)
        {
            return;
        }

        LogGiven(options.Value.StopNotice);
        // Cancelled when the host's shutdown timeout expires; the host then continues to stop.
        await Task.Delay(options.Value.StopNotice, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isGiven ? HealthCheckResult.Unhealthy("Stopping.") : HealthCheckResult.Healthy());

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Stopping: reporting unhealthy and closing connections after their responses for {Notice} (Fleet:StopNotice).")]
    private partial void LogGiven(TimeSpan notice);
}
