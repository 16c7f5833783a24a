using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Stopping;

/// <summary>
/// Goes on answering for a while when the service is told to stop, so that nobody is cut off. A listener that closes at once breaks the request
/// that a client has just sent on a connection kept alive, and no server can tell that from an idle connection. So, for
/// <c>Fleet:StopNotice</c>: whoever asks for health is told to turn to another, and each connection is closed in an orderly way, after an answer.
/// </summary>
internal sealed partial class StopNotice(IOptions<FleetOptions> options, TimeProvider timeProvider, ILogger<StopNotice> logger)
    : IHostedLifecycleService, IHealthCheck
{
    private volatile bool _isGiven;

    /// <summary>Whether the service is about to stop.</summary>
    public bool IsGiven => _isGiven;

    /// <summary>Runs before anything stops.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isGiven = true;
        if (options.Value.StopNotice == TimeSpan.Zero)
        {
            return;
        }

        LogGiven(options.Value.StopNotice);
        // Cancelled when the host's own timeout is over; it goes on to stop the rest.
        await Task.Delay(options.Value.StopNotice, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isGiven ? HealthCheckResult.Unhealthy("Stopping.") : HealthCheckResult.Healthy());

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Stopping: not ready from now on, and closing connections after their answers for {Notice} (Fleet:StopNotice).")]
    private partial void LogGiven(TimeSpan notice);
}
