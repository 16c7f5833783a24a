using Fleet.ServiceDefaults;

namespace Fleet.BrowserSetup;

/// <summary>A lock per machine and user, so that installs of several processes run one after the other.</summary>
internal static class SetupLock
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for the lock, 15 minutes at most. Disposing the result releases it, and so does the end of the process.</summary>
    public static async Task<IDisposable> AcquireAsync(Action<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"fleet-setup-{Environment.UserName}.lock");
        var startedAt = time.GetTimestamp();
        var isReported = false;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (time.GetElapsedTime(startedAt) > s_timeout)
            {
                throw new StartException($"Another install has held {path} for {s_timeout.TotalMinutes:0} minutes: {e.Message}", e);
            }
            catch (IOException)
            {
                if (!isReported)
                {
                    isReported = true;
                    report("Waiting for another install on this machine.");
                }
            }

            await Task.Delay(s_pollInterval, time, cancellationToken);
        }
    }
}
