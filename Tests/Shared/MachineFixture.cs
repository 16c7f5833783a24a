using Fleet.BrowserSetup;

namespace Fleet.Tests;

/// <summary>The machine, for a test project whose tests start browsers and servers: no other such project runs meanwhile, since <c>dotnet test</c>
/// starts all projects of the solution at once and each wants the processors to itself; and a browser is installed.</summary>
public sealed class MachineFixture : IAsyncLifetime
{
    private static readonly TimeSpan s_limit = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(500);

    private FileStream? _lock;

    public async ValueTask InitializeAsync()
    {
        _lock = await AcquireAsync(Path.Combine(Path.GetTempPath(), $"fleet-tests-{Environment.UserName}.lock"), s_limit, TimeProvider.System);
        await BrowserInstaller.EnsureAsync(configured: null, Console.WriteLine, TimeProvider.System, CancellationToken.None);
    }

    public async ValueTask DisposeAsync() => await (_lock?.DisposeAsync() ?? ValueTask.CompletedTask);

    /// <summary>Waits for the lock. Disposing releases it, and so does the end of the process.</summary>
    internal static async Task<FileStream> AcquireAsync(string path, TimeSpan limit, TimeProvider time)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (time.GetElapsedTime(began) > limit)
            {
                throw new TimeoutException($"Other tests on this machine have held {path} for {limit.TotalMinutes:0} minutes: {e.Message}", e);
            }
            catch (IOException)
            {
                await Task.Delay(s_pollInterval, time);
            }
        }
    }
}
