using Fleet.BrowserSetup;

namespace Fleet.Tests;

/// <summary>A browser on this machine, for a test project that starts some: the first such project that runs installs it.</summary>
public sealed class InstalledBrowser : IAsyncLifetime
{
    public async ValueTask InitializeAsync() =>
        await BrowserInstaller.EnsureAsync(configured: null, Console.WriteLine, TimeProvider.System, CancellationToken.None);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
