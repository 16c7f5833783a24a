using Fleet.Tests.Processes;

namespace Fleet.Tests.EndToEnd;

/// <summary>A fleet of two servers with two slots each, without an index run of its own, for tests that break parts of it and restore them. Its
/// services give notice before they stop, as they do in production, and its Redis is a redis-server, which can be restarted with and without its data.</summary>
public sealed class ManagerFleetFixture : IAsyncLifetime
{
    internal FleetUnderTest Fleet { get; private set; } = null!;

    internal RedisServer Redis { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Redis = await RedisServer.StartAsync();
        Fleet = await FleetFixture.StartAsync(
            prerenderServers: 2,
            new Dictionary<string, string> { ["Pool:Slots"] = "2", ["Index:Enabled"] = "false", ["Fleet:StopNotice"] = "00:00:03" },
            Redis.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await (Fleet?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Redis?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
