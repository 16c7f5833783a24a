using Fleet.AppHost.Settings;
using Fleet.AppHost.Setup;
using Fleet.Tests.EndToEnd;

[assembly: AssemblyFixture(typeof(SetUpFixture))]

namespace Fleet.Tests.EndToEnd;

/// <summary>Installs what the AppHost would install, before the first test: a browser and a redis-server.</summary>
public sealed class SetUpFixture : IAsyncLifetime
{
    public async ValueTask InitializeAsync() =>
        await FleetSetup.RunAsync(AppHostSettings.Read([]).Setup, new RecordedOutput(), TimeProvider.System, CancellationToken.None);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
