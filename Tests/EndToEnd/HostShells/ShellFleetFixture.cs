namespace Fleet.Tests.HostShells;

/// <summary>The fleet of four servers that the scenarios share. Each begins with a complete fleet and a new version.</summary>
public sealed class ShellFleetFixture : IAsyncLifetime
{
    internal ShellFleet Fleet { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Fleet = await ShellFleet.StartAsync(servers: 4);

    public ValueTask DisposeAsync() => Fleet?.DisposeAsync() ?? ValueTask.CompletedTask;
}
