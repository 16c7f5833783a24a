using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.HostShells;

/// <summary>Polls the shell and triggers a claim when it changes. File watchers miss changes on network mounts, on bind mounts, behind swapped symbolic
/// links and in replaced folders; reading a few kilobytes twice a second does not.</summary>
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
                    if (file.Poll())
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
            // The service is stopping.
        }
    }

    [LoggerMessage(LogLevel.Error, "Polling the host shell failed; retrying at the next interval.")]
    private partial void LogFailed(Exception exception);
}
