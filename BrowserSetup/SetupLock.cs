using Fleet.ServiceDefaults;

namespace Fleet.BrowserSetup;

/// <summary>A lock per machine and user, so that installs of several processes run one after the other.</summary>
internal static class SetupLock
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for the lock, 15 minutes at most. Disposing the result releases it, and so does the end of the process.</summary>
    /// <param name="folder">Folder of the lock, the same for all processes of the user.</param>
    /// <param name="report">Receives the line that announces the wait.</param>
    /// <param name="time">Clock of the wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="StartException">The lock is held for too long, or its file cannot be used.</exception>
    public static async Task<IDisposable> AcquireAsync(string folder, Action<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, $"fleet-setup-{Environment.UserName}.lock");
        var startedAt = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            if (Take(path) is { } taken)
            {
                return taken;
            }

            if (time.GetElapsedTime(startedAt) > s_timeout)
            {
                throw new StartException($"Another install has held {path} for {s_timeout.TotalMinutes:0} minutes. End it, or remove the file if it is of another user.");
            }

            if (attempt == 1)
            {
                report("Waiting for another install on this machine.");
            }

            await Task.Delay(s_pollInterval, time, cancellationToken);
        }
    }

    private static IDisposable? Take(string path)
    {
        try
        {
            return FileLock.TryTake(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"No browser is installed, and the install cannot lock '{path}': {e.Message} Set TMPDIR to a folder that this user may write to, or Browser:ExecutablePath to a Chromium.", e);
        }
    }
}
