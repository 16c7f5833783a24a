using Fleet.Contracts;
using Fleet.PrerenderServer.HostShells;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.Registry.Watching;
using Fleet.Tests.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.HostShells;

public sealed class ShellTrackerTests : IAsyncDisposable
{
    private readonly VirtualTimeProvider _clock = new();
    private readonly Pool _pool = new();
    private readonly RegistryWatcher<HostShell?> _watcher;
    private readonly ShellTracker _shell;
    private HostShell? _inRegistry = Shell("a", 5);
    private bool _isAway;

    public ShellTrackerTests()
    {
        // No change notification is ever sent.
        _watcher = new("host shell", [FleetEventKind.HostShell], (_, _) => _isAway ? throw new RegistryUnavailableException("away", new TimeoutException()) : Task.FromResult<HostShell?>(_inRegistry),
            new Silence(), _clock, NullLogger<RegistryWatcher<HostShell?>>.Instance);
        _shell = new(_watcher, _pool, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _watcher.StopAsync(CancellationToken.None);
        _watcher.Dispose();
    }

    // Token of the page, token that was current at the start, then the expected stamp.
    [Theory]
    [InlineData("a", "a", 5L, true, true)]
    [InlineData("a", "z", 5L, true, false)]
    [InlineData("a", null, 5L, true, null)]
    [InlineData("z", "z", null, false, true)]
    [InlineData("z", "a", null, false, false)]
    public async Task Stamp_Token_IsComparedAtBothEnds(string token, string? atStart, long? generation, bool? current, bool? currentAtStart)
    {
        await StartAsync();

        Assert.Equal(new ShellStamp(token, generation, current) { CurrentAtStart = currentAtStart }, _shell.Stamp(token, atStart));
        Assert.Null(_shell.Stamp(null, atStart));
    }

    [Fact]
    public async Task Stamp_RegistryAway_IsNotVerified()
    {
        await StartAsync();
        _isAway = true;
        _clock.Advance(RegistryPolling.MinInterval);
        _watcher.Refresh();
        await WaitForAsync(() => _shell.Token is null);

        Assert.Equal(new ShellStamp("a", 5, null) { CurrentAtStart = true }, _shell.Stamp("a", "a"));
    }

    [Fact]
    public async Task Stamp_OlderShell_SaysWhichGenerationItWas()
    {
        await StartAsync();
        _inRegistry = Shell("b", 6);
        _clock.Advance(RegistryPolling.MinInterval);
        _watcher.Refresh();
        await WaitForAsync(() => _shell.Token == "b");

        Assert.Equal(new ShellStamp("a", 5, false) { CurrentAtStart = true }, _shell.Stamp("a", "a"));
    }

    [Fact]
    public async Task CatchUp_HigherGenerationThanKnown_ReadsBeforeItReturns()
    {
        await StartAsync();
        _inRegistry = Shell("b", 6);
        _clock.Advance(TimeSpan.FromSeconds(1));

        await _shell.CatchUpAsync(6, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal("b", _shell.Token);
        Assert.Equal("b", _pool.Shells[^1].Token);
    }

    [Theory]
    [InlineData(5, 1000)]
    [InlineData(long.MaxValue, 50)]
    public async Task CatchUp_NothingNewOrReadJustNow_ReturnsAtOnce(long generation, int age)
    {
        await StartAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(age));

        Assert.True(_shell.CatchUpAsync(generation, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    private static HostShell Shell(string token, long generation) => new(token, generation, DateTimeOffset.UnixEpoch, "realm");

    private static async Task WaitForAsync(Func<bool> condition) =>
        await Eventually.Async(condition, "the reading has been taken");

    private async Task StartAsync()
    {
        await _watcher.StartAsync(TestContext.Current.CancellationToken);
        await WaitForAsync(() => _watcher.Current is not null && _clock.NextDue > _clock.Elapsed);
    }

    private sealed class Silence : IBackplane, IAsyncDisposable
    {
        public Task PublishAsync(FleetEvent notification, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IAsyncDisposable> SubscribeAsync(Action<FleetEvent> onNotification, CancellationToken cancellationToken) => Task.FromResult<IAsyncDisposable>(this);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Pool : IPagePool
    {
        public List<HostShell> Shells { get; } = [];

        public PoolSnapshot Snapshot => PoolSnapshot.Empty;

        public Task<PageLease> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void ShellChanged(HostShell shell) => Shells.Add(shell);

        public void RecycleBrowser(string reason) => throw new NotSupportedException();

        public void DisposeAffinity(string affinity, bool revoke) => throw new NotSupportedException();
    }
}
