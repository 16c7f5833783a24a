using Fleet.BrowserSetup;

namespace Fleet.Tests;

/// <summary>A browser on this machine for tests that start one: the first test project that needs it installs it.</summary>
public sealed class InstalledBrowser : IAsyncLifetime
{
    public async ValueTask InitializeAsync() =>
        await BrowserInstaller.EnsureAsync(configured: null, Console.WriteLine, TimeProvider.System, CancellationToken.None);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
