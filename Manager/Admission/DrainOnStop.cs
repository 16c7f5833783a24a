namespace Fleet.Manager.Admission;

/// <summary>Drains once the notice is over and before anything stops: while this waits the listener is still open, so late callers are told rather
/// than refused.</summary>
internal sealed partial class DrainOnStop(Presence presence, ILogger<DrainOnStop> logger) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (presence.Count > 0)
        {
            LogDraining(presence.Count);
        }

        try
        {
            if (!await presence.DrainAsync(cancellationToken))
            {
                LogGaveUp(presence.Count);
            }
        }
        catch (OperationCanceledException)
        {
            // The host's own patience is over; it goes on to stop the rest.
            LogGaveUp(presence.Count);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Stopping: letting {InFlight} renders finish.")]
    private partial void LogDraining(int inFlight);

    [LoggerMessage(LogLevel.Warning, "Stopping although {InFlight} renders are still under way.")]
    private partial void LogGaveUp(int inFlight);
}
