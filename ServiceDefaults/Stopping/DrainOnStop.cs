using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.ServiceDefaults.Stopping;

/// <summary>Lets requests in flight finish before anything stops. The listener is open meanwhile, so that late callers get an answer that names the reason
/// rather than a refused connection.</summary>
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
            // The host goes on to stop the rest.
            LogGaveUp(drain.InFlight, timeProvider.GetElapsedTime(started).TotalSeconds, timeout);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Stopping: letting {InFlight} renders finish.")]
    private partial void LogDraining(int inFlight);

    [LoggerMessage(LogLevel.Warning, "Stopping although {InFlight} renders are in flight after {Seconds:0.0} s (DrainTimeout is {Timeout}).")]
    private partial void LogGaveUp(int inFlight, double seconds, TimeSpan timeout);
}
