using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.HostShells;

/// <summary>Looks at the shell again and again, and has a change claimed at once. Reading a few kilobytes twice a second is cheaper than
/// a file watcher's blind spots: network mounts, bind mounts, swapped symbolic links, a folder that is replaced as a whole.</summary>
internal sealed partial class HostShellWatcher(
    HostShellFile file, HostShellClaims claims, IOptions<HostAppOptions> options, TimeProvider timeProvider, ILogger<HostShellWatcher> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.WatchInterval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    if (file.Look())
                    {
                        claims.TriggerNow();
                    }
                }
                catch (Exception e)
                {
                    LogFailed(e);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    [LoggerMessage(LogLevel.Error, "Looking at the host shell failed; trying again.")]
    private partial void LogFailed(Exception exception);
}
