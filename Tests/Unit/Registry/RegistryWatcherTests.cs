using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.Registry.Watching;
using Fleet.ServiceDefaults;
using Fleet.Tests.InMemory;
using Fleet.Tests.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Registry;

public sealed class RegistryWatcherTests : IAsyncLifetime
{
    private readonly VirtualTimeProvider _time = new();
    private readonly InMemoryRegistry _registry;
    private readonly RegistryWatcher<int> _watcher;
    private readonly SemaphoreSlim _mayRead = new(0);
    private readonly List<RegistryReading<int>> _updates = [];
    private readonly List<RegistryChanges> _changes = [];
    private int _reads;
    private bool _away;
    private bool _held;
    private int _timersAtRead;

    public RegistryWatcherTests()
    {
        _registry = new(_time, NullLoggerFactory.Instance);
        _watcher = new("state", [FleetEventKind.Servers], ReadAsync, _registry.Backplane, _time, NullLogger<RegistryWatcher<int>>.Instance);
        _watcher.Updated += _updates.Add;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _watcher.StopAsync(CancellationToken.None);
        _watcher.Dispose();
        _mayRead.Dispose();
    }

    [Fact]
    public async Task Current_BeforeTheFirstRead_IsNull()
    {
        Assert.Null(_watcher.Current);

        await StartAsync();

        var readAt = _time.GetUtcNow() - RegistryPolling.MinInterval;
        Assert.Equal(new RegistryReading<int>(1, readAt, IsVerified: true) { EverythingReadAt = _time.GetMonotonicTime() - RegistryPolling.MinInterval }, _watcher.Current);
        Assert.Equal(_watcher.Current, await _watcher.WaitForFirstAsync());
    }

    [Theory]
    [InlineData(FleetEventKind.Servers, true)]
    [InlineData(FleetEventKind.Reconnected, true)]
    [InlineData(FleetEventKind.Realms, false)]
    public async Task Notification_DuringARead_IsReadAgainIfItConcerns(FleetEventKind kind, bool concerns)
    {
        await StartAsync();
        await HoldNextReadAsync();

        await _registry.Backplane.PublishAsync(new(kind, "", 0), Cancel);
        Release();

        var reads = concerns ? 3 : 2;
        if (concerns)
        {
            await PassPaceAfterAsync(2);
        }

        await WaitUntilIdleAfterAsync(reads);
        _time.Advance(RegistryTtl.Repeat);
        await WaitUntilIdleAfterAsync(reads + 1);
    }

    [Fact]
    public async Task Notification_WhileIdle_IsReadAtOnce()
    {
        await StartAsync();

        await _registry.Backplane.PublishAsync(new(FleetEventKind.Servers, "", 0), Cancel);

        await WaitUntilIdleAfterAsync(2);
    }

    [Fact]
    public async Task Notification_RightAfterARead_WaitsForThePace()
    {
        await StartAsync();
        _watcher.Refresh();
        await WaitUntilIdleAfterAsync(2);

        await _registry.Backplane.PublishAsync(new(FleetEventKind.Servers, "", 0), Cancel);

        await PassPaceAfterAsync(2);
        await WaitUntilIdleAfterAsync(3);
    }

    [Fact]
    public async Task Notification_IsLost_ThePollReadsTheChangeWithin5Seconds()
    {
        await StartAsync();

        _time.Advance(RegistryTtl.Repeat);

        await WaitUntilIdleAfterAsync(2);
        Assert.Equal(2, _watcher.Current!.Value);
    }

    [Fact]
    public async Task Notifications_ManyDuringARead_AreOneMoreRead()
    {
        await StartAsync();
        await HoldNextReadAsync();
        for (var i = 0; i < 100; i++)
        {
            await _registry.Backplane.PublishAsync(new(FleetEventKind.Servers, "", i), Cancel);
        }

        Release();

        await PassPaceAfterAsync(2);
        await WaitUntilIdleAfterAsync(3);
    }

    [Fact]
    public async Task Notifications_NameSubjects_OnlyThoseAreRead()
    {
        await StartAsync();
        await HoldNextReadAsync();
        foreach (var subject in (string[])["a", "b", "a"])
        {
            await _registry.Backplane.PublishAsync(new(FleetEventKind.Servers, subject, 1), Cancel);
        }

        Release();
        await PassPaceAfterAsync(2);
        await WaitUntilIdleAfterAsync(3);

        Assert.Equal([true, true, false], _changes.Select(changes => changes.IsEverything));
        Assert.Equal(["a", "b"], _changes[2].SubjectsOf(FleetEventKind.Servers).Order(StringComparer.Ordinal));
        Assert.Empty(_changes[2].SubjectsOf(FleetEventKind.Realms));
        Assert.False(_changes[2].Concern(FleetEventKind.Realms));
        Assert.True(_watcher.Current!.EverythingReadAt <= _time.GetMonotonicTime() - RegistryPolling.MinInterval);
    }

    [Fact]
    public async Task Notifications_Continuous_EverythingIsStillReadAtThePoll()
    {
        await StartAsync();
        while (_time.Elapsed < RegistryTtl.Repeat + RegistryPolling.MinInterval)
        {
            var before = Volatile.Read(ref _reads);
            await _registry.Backplane.PublishAsync(new(FleetEventKind.Servers, "a", 1), Cancel);
            await Eventually.TrueAsync(
                () =>
                {
                    if (Volatile.Read(ref _reads) == before && _time.NextDue - _time.Elapsed <= RegistryPolling.MinInterval)
                    {
                        _time.Advance(RegistryPolling.MinInterval);
                    }

                    return Volatile.Read(ref _reads) > before && _time.NextDue > _time.Elapsed;
                },
                () => $"another read; seen: {_reads}");
            _time.Advance(RegistryPolling.MinInterval / 2);
        }

        Assert.Equal(2, _changes.Count(changes => changes.IsEverything));
    }

    [Theory]
    [InlineData(FleetEventKind.Reconnected, "")]
    [InlineData(FleetEventKind.Servers, "")]
    public async Task Notification_NamesNoSubject_EverythingIsRead(FleetEventKind kind, string subject)
    {
        await StartAsync();
        await _registry.Backplane.PublishAsync(new(kind, subject, 0), Cancel);
        await WaitUntilIdleAfterAsync(2);
        Assert.True(_changes[1].IsEverything);
    }

    [Fact]
    public async Task Read_FailedAfterANotification_EverythingIsReadNext()
    {
        await StartAsync();
        _away = true;
        await _registry.Backplane.PublishAsync(new(FleetEventKind.Servers, "a", 0), Cancel);
        await WaitUntilIdleAfterAsync(2);
        _away = false;
        _time.Advance(_time.NextDue!.Value - _time.Elapsed);
        await WaitUntilIdleAfterAsync(3);
        Assert.Equal([true, false, true], _changes.Select(changes => changes.IsEverything));
    }

    [Fact]
    public async Task Registry_IsAway_TheLastValueStaysUnverifiedUntilItIsBack()
    {
        await StartAsync();
        var first = _watcher.Current!;
        _away = true;
        _watcher.Refresh();
        await WaitUntilIdleAfterAsync(2);
        Assert.Equal(first with { IsVerified = false }, _watcher.Current);

        // Back-off: 250 ms, then 500 ms, each up to a fifth shorter.
        Assert.InRange(_time.NextDue!.Value - _time.Elapsed, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(250));
        _time.Advance(_time.NextDue!.Value - _time.Elapsed);
        await WaitUntilIdleAfterAsync(3);
        Assert.InRange(_time.NextDue!.Value - _time.Elapsed, TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(500));

        _away = false;
        _time.Advance(_time.NextDue!.Value - _time.Elapsed);
        await WaitUntilIdleAfterAsync(4);
        Assert.Equal(new RegistryReading<int>(4, _time.GetUtcNow(), IsVerified: true) { EverythingReadAt = _time.GetMonotonicTime() }, _watcher.Current);
        Assert.Equal([true, false, true], _updates.Select(update => update.IsVerified));
    }

    [Fact]
    public async Task Updated_AListenerThrows_TheLoopContinues()
    {
        _watcher.Updated += _ => throw new InvalidOperationException("planted");
        await StartAsync();

        _watcher.Refresh();

        await WaitUntilIdleAfterAsync(2);
        Assert.True(_watcher.Current!.IsVerified);
    }

    [Fact]
    public async Task StopAsync_DuringARead_EndsAndUnsubscribes()
    {
        await StartAsync();
        await HoldNextReadAsync();

        await _watcher.StopAsync(Cancel);
        await _registry.Backplane.PublishAsync(new(FleetEventKind.Servers, "", 0), Cancel);

        Assert.True(_watcher.ExecuteTask!.IsCompleted);
        Assert.Equal(2, _reads);
    }

    private async Task<int> ReadAsync(RegistryChanges changes, CancellationToken cancellationToken)
    {
        _changes.Add(changes);
        Volatile.Write(ref _timersAtRead, _time.TimersCreated);
        var read = Interlocked.Increment(ref _reads);
        if (Volatile.Read(ref _held))
        {
            await _mayRead.WaitAsync(cancellationToken);
        }

        return Volatile.Read(ref _away) ? throw new RegistryUnavailableException("planted", new TimeoutException()) : read;
    }

    private async Task StartAsync()
    {
        await _watcher.StartAsync(Cancel);
        await WaitUntilIdleAfterAsync(1);
        _time.Advance(RegistryPolling.MinInterval);
    }

    private async Task HoldNextReadAsync()
    {
        Volatile.Write(ref _held, true);
        _watcher.Refresh();
        await Eventually.TrueAsync(() => Volatile.Read(ref _reads) == 2, () => $"a second read; seen: {_reads}");
    }

    private void Release()
    {
        Volatile.Write(ref _held, false);
        _mayRead.Release();
    }

    /// <summary>Waits until the loop has read this many times and is about to read again, then lets it read.</summary>
    private async Task PassPaceAfterAsync(int reads)
    {
        await Eventually.TrueAsync(
            () => Volatile.Read(ref _reads) == reads && _time.NextDue == _time.Elapsed + RegistryPolling.MinInterval, () => $"the loop waits for the pace after {reads} reads; seen: {_reads}");
        _time.Advance(RegistryPolling.MinInterval);
    }

    /// <summary>Waits until the loop has read this many times and waits for its next read.</summary>
    // The timer of the wait before a read may still be armed for a moment after the read, so wait for the only timer that was created after it.
    private Task WaitUntilIdleAfterAsync(int reads) => Eventually.TrueAsync(
        () => Volatile.Read(ref _reads) == reads && _time.TimersCreated > Volatile.Read(ref _timersAtRead) && _time.TimersArmed == 1 && _time.NextDue > _time.Elapsed, () => $"the loop rests after {reads} reads; seen: {_reads}");
}
