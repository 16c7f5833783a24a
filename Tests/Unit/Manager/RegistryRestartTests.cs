using Fleet.Contracts;
using Fleet.Manager.Servers;
using Fleet.Registry;
using Fleet.Registry.Watching;
using Fleet.Tests.InMemory;
using Fleet.Tests.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Manager;

/// <summary>A registry that was restarted empty.</summary>
public sealed class RegistryRestartTests
{
    private static readonly RealmRecord s_realm = new(ManagerUnderTest.Realm, "Elements");
    private readonly VirtualTimeProvider _clock = new();

    [Fact]
    public async Task Read_EverythingIsGoneAtOnce_StaysKnownUntilItCouldHaveBeenReportedAgain()
    {
        var registry = new InMemoryRegistry(_clock, NullLoggerFactory.Instance);
        var reader = new FleetViewReader(registry.HostShells, registry.Servers, registry.WarmAffinities, registry.Realms, registry.Services, new Reservations(), _clock);
        await registry.Realms.AnnounceAsync("realm-0", [s_realm], CancellationToken.None);
        await registry.Servers.AnnounceAsync(Record(), CancellationToken.None);
        Assert.Single((await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None)).Servers);

        await registry.Realms.AnnounceAsync("realm-0", [], CancellationToken.None);
        await registry.Servers.RemoveAsync("one", CancellationToken.None);
        var view = await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None);
        Assert.Equal((1, 1), (view.Servers.Count, view.Realms.Count));

        _clock.Advance(RegistryTtl.Realm);
        view = await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None);
        Assert.Equal((0, 0), (view.Servers.Count, view.Realms.Count));
    }

    [Fact]
    public async Task Read_EverythingIsGoneAfterALongOutage_StaysKnownUntilItCouldHaveBeenReportedAgain()
    {
        var registry = new InMemoryRegistry(_clock, NullLoggerFactory.Instance);
        var reader = new FleetViewReader(registry.HostShells, registry.Servers, registry.WarmAffinities, registry.Realms, registry.Services, new Reservations(), _clock);
        await registry.Realms.AnnounceAsync("realm-0", [s_realm], CancellationToken.None);
        await registry.Servers.AnnounceAsync(Record(), CancellationToken.None);
        await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None);

        // Nothing is read meanwhile, and all records expire.
        _clock.Advance(TimeSpan.FromHours(1));

        var view = await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None);
        Assert.Equal((1, 1), (view.Servers.Count, view.Realms.Count));
        _clock.Advance(RegistryTtl.Realm);
        view = await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None);
        Assert.Equal((0, 0), (view.Servers.Count, view.Realms.Count));
    }

    [Fact]
    public async Task Read_RealmsAreReportedAgainFirst_TheServerStaysKnownUntilItCouldHaveBeenToo()
    {
        var registry = new InMemoryRegistry(_clock, NullLoggerFactory.Instance);
        var reader = new FleetViewReader(registry.HostShells, registry.Servers, registry.WarmAffinities, registry.Realms, registry.Services, new Reservations(), _clock);
        await registry.Realms.AnnounceAsync("realm-0", [s_realm], CancellationToken.None);
        await registry.Servers.AnnounceAsync(Record(), CancellationToken.None);
        await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None);
        await registry.Realms.AnnounceAsync("realm-0", [], CancellationToken.None);
        await registry.Servers.RemoveAsync("one", CancellationToken.None);
        await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None);

        var announced = new RealmRecord(ManagerUnderTest.Host + "/birds/", "Birds");
        await registry.Realms.AnnounceAsync("realm-0", [announced], CancellationToken.None);
        for (var i = 0; i < 2; i++)
        {
            var view = await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None);
            Assert.Equal((1, announced.Url), (view.Servers.Count, Assert.Single(view.Realms).Url));
        }

        _clock.Advance(RegistryTtl.Server - TimeSpan.FromMilliseconds(1));
        await registry.Realms.AnnounceAsync("realm-0", [announced], CancellationToken.None);
        Assert.Single((await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None)).Servers);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Empty((await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None)).Servers);
    }

    [Fact]
    public async Task Read_OnlyTheServerIsGone_IsGone()
    {
        var registry = new InMemoryRegistry(_clock, NullLoggerFactory.Instance);
        var reader = new FleetViewReader(registry.HostShells, registry.Servers, registry.WarmAffinities, registry.Realms, registry.Services, new Reservations(), _clock);
        await registry.Realms.AnnounceAsync("realm-0", [s_realm], CancellationToken.None);
        await registry.Servers.AnnounceAsync(Record(), CancellationToken.None);
        Assert.Single((await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None)).Servers);
        await registry.Servers.RemoveAsync("one", CancellationToken.None);
        Assert.Empty((await reader.ReadAsync(RegistryChanges.Everything, CancellationToken.None)).Servers);
    }

    private static ServerRecord Record() => new()
    {
        Incarnation = "one",
        Name = "prerender-0",
        Url = "http://127.0.0.1:1",
        State = ServerState.Ready,
        Version = 1,
        Slots = 2,
    };
}
