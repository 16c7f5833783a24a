using Fleet.Contracts;
using Fleet.Manager.Servers;
using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.Registry.Watching;
using Fleet.Tests.InMemory;
using Fleet.Tests.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Manager;

/// <summary>When a server counts as gone, by the readings of the registry.</summary>
public sealed class ServerFailureNotifierTests : IAsyncLifetime
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(1);
    private static readonly ServerRecord s_server = new()
    {
        Incarnation = "one",
        Name = "prerender-0",
        Url = "http://127.0.0.1:1",
        State = ServerState.Ready,
        Version = 1,
        Slots = 2,
    };

    private readonly VirtualTimeProvider _clock = new();
    private readonly InMemoryRegistry _registry;
    private readonly RegistryWatcher<FleetView> _watcher;
    private readonly FleetViews _views;
    private readonly ServerFailureNotifier _departures;
    private volatile bool _isAway;
    private int _seen;

    public ServerFailureNotifierTests()
    {
        _registry = new(_clock, NullLoggerFactory.Instance);
        var reader = new FleetViewReader(_registry.HostShells, _registry.Servers, _registry.WarmAffinities, _registry.Realms, _registry.Services, new Reservations(), _clock);
        _watcher = new("fleet", [FleetEventKind.Servers], (changes, token) => _isAway ? throw new RegistryUnavailableException("away", new IOException()) : reader.ReadAsync(changes, token),
            // The watcher reads on request; its pauses use a clock that advances.
            _registry.Backplane, TimeProvider.System, NullLogger<RegistryWatcher<FleetView>>.Instance);
        _views = new(_watcher, new UnhealthyServers(), _clock);
        _departures = new(_views, _clock);
        // After the notifier has processed the view.
        _views.Read += () => Volatile.Write(ref _seen, _views.Current.Servers.Count);
    }

    public async ValueTask InitializeAsync()
    {
        await _registry.Servers.AnnounceAsync(s_server, CancellationToken.None);
        await _watcher.StartAsync(CancellationToken.None);
        await _watcher.WaitForFirstAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _watcher.StopAsync(CancellationToken.None);
        _watcher.Dispose();
    }

    [Fact]
    public async Task Gone_ServerIsMissing_AfterTheMissingTimeout()
    {
        using var watch = _departures.Follow(s_server);
        await ExpireAsync();
        _clock.Advance(ServerFailureNotifier.MissingTimeout - s_moment);
        await SeenAsync(servers: 0);
        Assert.False(watch.Gone.IsCancellationRequested);

        _clock.Advance(s_moment);
        await WaitUntilGoneAsync(watch);
    }

    [Fact]
    public async Task Gone_ServerComesBack_CountsFromZero()
    {
        using var watch = _departures.Follow(s_server);
        await ExpireAsync();
        _clock.Advance(ServerFailureNotifier.MissingTimeout - s_moment);
        await _registry.Servers.AnnounceAsync(s_server with { Version = 2 }, CancellationToken.None);
        await SeenAsync(servers: 1);

        await ExpireAsync();
        _clock.Advance(ServerFailureNotifier.MissingTimeout - s_moment);
        await SeenAsync(servers: 0);
        Assert.False(watch.Gone.IsCancellationRequested);
    }

    [Fact]
    public async Task Gone_RegistryIsAway_NoServerIsGoneUntilItIsBack()
    {
        using var watch = _departures.Follow(s_server);
        await ExpireAsync();
        _isAway = true;
        await RefreshUntilAsync(() => !_views.IsVerified, "a view that is not verified");
        _clock.Advance(2 * ServerFailureNotifier.MissingTimeout);
        Assert.False(watch.Gone.IsCancellationRequested);

        _isAway = false;
        await WaitUntilGoneAsync(watch);
    }

    [Fact]
    public void Follow_Twice_IsOneWatchUntilBothHaveLeft()
    {
        var first = _departures.Follow(s_server);
        var second = _departures.Follow(s_server);
        Assert.Same(first, second);
        first.Dispose();
        Assert.Single(_departures.Watched);
        second.Dispose();
        Assert.Empty(_departures.Watched);
    }

    [Fact]
    public void Follow_AfterTheEnd_IsWatchedAgain()
    {
        using var before = _departures.Follow(s_server);
        before.End();
        using var after = _departures.Follow(s_server);
        Assert.True(before.Gone.IsCancellationRequested);
        Assert.False(after.Gone.IsCancellationRequested);
        before.Dispose();
        Assert.Same(after, Assert.Single(_departures.Watched));
    }

    private Task ExpireAsync()
    {
        _clock.Advance(RegistryTtl.Server + s_moment);
        return SeenAsync(servers: 0);
    }

    private Task SeenAsync(int servers)
    {
        Volatile.Write(ref _seen, -1);
        return RefreshUntilAsync(() => Volatile.Read(ref _seen) == servers, $"a view of {servers} servers");
    }

    private Task WaitUntilGoneAsync(ServerFailureNotifier.Watch watch) => RefreshUntilAsync(() => watch.Gone.IsCancellationRequested, "the server gone");

    private Task RefreshUntilAsync(Func<bool> condition, string expected) => Eventually.TrueAsync(
        () =>
        {
            _watcher.Refresh();
            return condition();
        },
        () => expected);
}
