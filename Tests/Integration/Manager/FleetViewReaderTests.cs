using Fleet.Contracts;
using Fleet.Manager.Servers;
using Fleet.Registry.Events;
using Fleet.Registry.Servers;
using Fleet.Registry.Watching;
using Fleet.Tests.InMemory;
using Fleet.Tests.Registry;
using Fleet.Tests.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Manager;

/// <summary>The reads of a manager after a change.</summary>
public sealed class FleetViewReaderTests : IAsyncLifetime
{
    private const int Servers = 50;

    private readonly VirtualTimeProvider _clock = new();
    private readonly InMemoryRegistry _registry;
    private readonly CountingServers _servers;
    private readonly CountingWarmAffinities _warm;
    private readonly RegistryWatcher<FleetView> _watcher;
    private long _version;

    public FleetViewReaderTests()
    {
        _registry = new(_clock, NullLoggerFactory.Instance);
        (_servers, _warm) = (new(_registry.Servers), new(_registry.WarmAffinities));
        var reader = new FleetViewReader(_registry.HostShells, _servers, _warm, _registry.Realms, _registry.Services, new Reservations(), _clock);
        _watcher = new(
            "fleet", [FleetEventKind.HostShell, FleetEventKind.Servers, FleetEventKind.WarmAffinities, FleetEventKind.Realms],
            reader.ReadAsync, _registry.Backplane, _clock, NullLogger<RegistryWatcher<FleetView>>.Instance);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private FleetView View => _watcher.Current!.Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _watcher.StopAsync(CancellationToken.None);
        _watcher.Dispose();
    }

    [Fact]
    public async Task Notification_OneOfManyServersChanges_OnlyThatOneIsRead()
    {
        await StartAsync();
        var (records, lists) = (_servers.Read, _warm.Read);
        for (var change = 1; change <= 10; change++)
        {
            await AnnounceAsync("server-7", free: change);
            await _registry.WarmAffinities.ReplaceAsync("server-7", Warm($"realm:{change}"), Cancel);
            await SeenAsync(view => view.Servers.Single(server => server.Incarnation == "server-7") is { } server
                && server.Record.Free == change && server.Warm.Contains($"realm:{change}"));
        }

        Assert.Equal(Servers, View.Servers.Count);
        Assert.True(_servers.Read - records <= 20, $"{_servers.Read - records} records were read for 10 changes of one server");
        Assert.True(_warm.Read - lists <= 20, $"{_warm.Read - lists} warm lists were read for 10 changes of one server");
    }

    [Fact]
    public async Task Read_ServerRestartedAtTheSameAddress_SupersedesItsPredecessorAtOnce()
    {
        await StartAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await AnnounceAsync("restarted", free: 1, name: "server-7");
        await SeenAsync(view => view.Servers.Any(server => server.Incarnation == "restarted"));

        Assert.Equal("restarted", Assert.Single(View.Servers, server => server.Record.Name == "server-7").Incarnation);
        Assert.Equal(Servers, View.Servers.Count);
    }

    private async Task StartAsync()
    {
        await _registry.Realms.AnnounceAsync("realm-0", [new RealmRecord(ManagerUnderTest.Realm, "Elements")], Cancel);
        for (var i = 0; i < Servers; i++)
        {
            await AnnounceAsync($"server-{i}");
        }

        await _watcher.StartAsync(Cancel);
        await _watcher.WaitForFirstAsync();
        Assert.Equal(Servers, View.Servers.Count);
    }

    /// <summary>Lets the watcher complete its reads, and waits until the view is as expected.</summary>
    private Task SeenAsync(Func<FleetView, bool> expected) => Eventually.TrueAsync(
        () =>
        {
            if (expected(View))
            {
                return true;
            }

            if (_clock.NextDue - _clock.Elapsed <= RegistryPolling.MinInterval)
            {
                _clock.Advance(RegistryPolling.MinInterval);
            }

            return false;
        },
        () => "the change in the view");

    private Task AnnounceAsync(string incarnation, int free = 0, string? name = null) => _registry.Servers.AnnounceAsync(
        new()
        {
            Incarnation = incarnation, Name = name ?? incarnation, Url = $"http://{name ?? incarnation}:5301", State = ServerState.Ready, Version = ++_version, Slots = 20, Free = free,
        },
        Cancel);

    private static HashSet<string> Warm(string affinity) => [affinity];

    /// <summary>Counts the records that are read.</summary>
    private sealed class CountingServers(IServerRegistry servers) : IServerRegistry
    {
        private int _read;

        public int Read => Volatile.Read(ref _read);

        public Task AnnounceAsync(ServerRecord record, CancellationToken cancellationToken) => servers.AnnounceAsync(record, cancellationToken);

        public Task RemoveAsync(string incarnation, CancellationToken cancellationToken) => servers.RemoveAsync(incarnation, cancellationToken);

        public async Task<IReadOnlyList<ServerRecord>> GetAsync(IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken)
        {
            Interlocked.Add(ref _read, incarnations.Count);
            return await servers.GetAsync(incarnations, cancellationToken);
        }

        public async Task<IReadOnlyList<ServerRecord>> ListAsync(CancellationToken cancellationToken)
        {
            var records = await servers.ListAsync(cancellationToken);
            Interlocked.Add(ref _read, records.Count);
            return records;
        }
    }

    /// <summary>Counts the warm lists that are read.</summary>
    private sealed class CountingWarmAffinities(IWarmAffinities warm) : IWarmAffinities
    {
        private int _read;

        public int Read => Volatile.Read(ref _read);

        public Task ReplaceAsync(string incarnation, IReadOnlySet<string> affinities, CancellationToken cancellationToken) =>
            warm.ReplaceAsync(incarnation, affinities, cancellationToken);

        public Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> GetAsync(IReadOnlyCollection<string> incarnations, CancellationToken cancellationToken)
        {
            Interlocked.Add(ref _read, incarnations.Count);
            return warm.GetAsync(incarnations, cancellationToken);
        }
    }
}
