using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.ServiceDefaults.Stopping;

/// <summary>Waits for requests in flight before the service stops. The listener stays open meanwhile, so that late callers get an error with the reason instead of a
/// refused connection.</summary>
internal sealed partial class DrainOnStop(RequestDrain drain, TimeSpan timeout, TimeProvider timeProvider, ILogger<DrainOnStop> logger) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        drain.Stop();
        var started = timeProvider.GetTimestamp();
        if (drain.InFlight > 0)
        {
            LogDraining(drain.InFlight);
        }

        try
        {
            await drain.Idle.WaitAsync(timeout, timeProvider, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // The host continues to stop the other services.
            LogGaveUp(drain.InFlight, timeProvider.GetElapsedTime(started).TotalSeconds, timeout);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Stopping: waiting for {InFlight} renders to finish.")]
    private partial void LogDraining(int inFlight);

    [LoggerMessage(LogLevel.Warning, "Stopping with {InFlight} renders still in flight after {Seconds:0.0} s (DrainTimeout is {Timeout}).")]
    private partial void LogGaveUp(int inFlight, double seconds, TimeSpan timeout);
}
