namespace Fleet.Tests.EndToEnd;

/// <summary>A fleet of two servers with two slots each, without an index run of its own, for tests that break parts of it and mend them again.
/// Its services give notice before they stop, as they do in production.</summary>
public sealed class ManagerFleetFixture : IAsyncLifetime
{
    internal FleetUnderTest Fleet { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Fleet = await FleetFixture.StartAsync(
        prerenderServers: 2, new Dictionary<string, string> { ["Pool:Slots"] = "2", ["Index:Enabled"] = "false", ["Fleet:StopNotice"] = "00:00:03" });

    public ValueTask DisposeAsync() => Fleet.DisposeAsync();
}
