using Fleet.AppHost.Output;
using Fleet.ServiceDefaults;

namespace Fleet.AppHost.Setup;

/// <summary>Lets one set-up work at a time on this machine: the application and its tests may start together.</summary>
internal static class SetupLock
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for its turn. Disposing gives it away, and so does the end of the process.</summary>
    public static async Task<IDisposable> TakeAsync(IFleetOutput output, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"fleet-setup-{Environment.UserName}.lock");
        var began = time.GetTimestamp();
        var said = false;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (time.GetElapsedTime(began) > s_patience)
            {
                throw new StartException($"Another set-up has held {path} for {s_patience.TotalMinutes:0} minutes: {e.Message}", e);
            }
            catch (IOException)
            {
                if (!said)
                {
                    said = true;
                    output.Say("Another set-up is at work on this machine; waiting for it.");
                }
            }

            await Task.Delay(s_pollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
