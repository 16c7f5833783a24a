using Fleet.Registry.Events;
using Fleet.ServiceDefaults.Concurrency;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Watching;

/// <summary>
/// Maintains a snapshot of registry state. It subscribes first, then reads everything, and reads everything again after a reconnect and at least every
/// <see cref="RegistryTtl.Repeat"/>. On a change notification that concerns it, it reads what the notification names, at most every 100 ms. Lost, duplicated
/// and delayed notifications are harmless. While the registry is unavailable the last good value remains.
/// </summary>
/// <param name="name">Name of the state, for logs: "host shell".</param>
/// <param name="concerns">The kinds of change notification that trigger a read; <see cref="FleetEventKind.Reconnected"/> always does.</param>
/// <param name="read">Reads what may have changed and returns the whole state. Called by one loop. Must have a timeout, as every registry call has.</param>
/// <param name="backplane">The source of change notifications.</param>
/// <param name="timeProvider">The clock of the poll.</param>
/// <param name="logger">The logger.</param>
public sealed partial class RegistryWatcher<T>(
    string name,
    IReadOnlyCollection<FleetEventKind> concerns,
    Func<RegistryChanges, CancellationToken, Task<T>> read,
    IBackplane backplane,
    TimeProvider timeProvider,
    ILogger<RegistryWatcher<T>> logger) : BackgroundService
{
    /// <summary>With more pending changes than this, everything is read.</summary>
    private const int MaxChanges = 1_000;

    private readonly AsyncAutoResetEvent _wanted = new();
    private readonly Lock _gate = new();
    private readonly HashSet<FleetEvent> _changes = [];
    private bool _isEverythingWanted = true;
    private RegistryReading<T>? _current;
    private int _failures;

    /// <summary>The latest reading; null before the first successful read.</summary>
    public RegistryReading<T>? Current => Volatile.Read(ref _current);

    /// <summary>Raised on the watcher's loop after every successful read, even without a change, and once when the reading is no longer verified. Handlers must be
    /// quick: the next read waits for them.</summary>
    public event Action<RegistryReading<T>>? Updated;

    /// <summary>Requests a read of everything. For a caller that knows from another source that the reading is outdated.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            _isEverythingWanted = true;
            _wanted.Set();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var subscription = await backplane.SubscribeAsync(OnNotification, stoppingToken);
        var (polledAt, pause) = (timeProvider.GetTimestamp(), TimeSpan.Zero);
        while (true)
        {
            var changes = TakeChanges();
            await TryReadAsync(changes, stoppingToken);
            var readAt = timeProvider.GetTimestamp();
            if (changes.IsEverything || _failures > 0)
            {
#pragma warning disable CA5394 // Jitter need not be secure.
                (polledAt, pause) = (readAt, RegistryPolling.PauseAfter(_failures, Random.Shared.NextDouble()));
#pragma warning restore CA5394
            }

            // A stream of notifications must not delay the poll.
            var isNotified = await _wanted.WaitAsync(pause - timeProvider.GetElapsedTime(polledAt), timeProvider, stoppingToken);
            WantEverythingIf(!isNotified || _failures > 0 || timeProvider.GetElapsedTime(polledAt) >= pause);
            // A notification after a pause causes a read at once; a stream of them is limited to one read per MinInterval.
            if (RegistryPolling.MinInterval - timeProvider.GetElapsedTime(readAt) is { Ticks: > 0 } rest)
            {
                await Task.Delay(rest, timeProvider, stoppingToken);
            }
        }
    }

    private void OnNotification(FleetEvent notification)
    {
        var isReconnect = notification.Kind == FleetEventKind.Reconnected;
        if (!isReconnect && !concerns.Contains(notification.Kind))
        {
            return;
        }

        lock (_gate)
        {
            // A notification without a subject may concern any subject.
            _isEverythingWanted |= isReconnect || notification.Subject.Length == 0 || _changes.Count == MaxChanges;
            if (!_isEverythingWanted)
            {
                _changes.Add(notification with { Version = 0 });
            }

            _wanted.Set();
        }
    }

    private void WantEverythingIf(bool condition)
    {
        lock (_gate)
        {
            _isEverythingWanted |= condition;
        }
    }

    private RegistryChanges TakeChanges()
    {
        lock (_gate)
        {
            var changes = _isEverythingWanted ? RegistryChanges.Everything : RegistryChanges.Of(_changes);
            _isEverythingWanted = false;
            _changes.Clear();
            _wanted.Reset();
            return changes;
        }
    }

    private async Task TryReadAsync(RegistryChanges changes, CancellationToken stoppingToken)
    {
        try
        {
            var began = timeProvider.GetMonotonicTime();
            var value = await read(changes, stoppingToken);
            if (_failures > 0)
            {
                LogBack(name, _failures);
            }

            _failures = 0;
            Update(new(value, timeProvider.GetUtcNow(), IsVerified: true) { EverythingReadAt = changes.IsEverything ? began : Current!.EverythingReadAt });
        }
#pragma warning disable CA1031 // A failed read must not end the loop.
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            OnFailure(exception);
        }
    }

    private void OnFailure(Exception exception)
    {
        _failures++;
        if (_failures > 1)
        {
            LogStillAway(name, exception.Message);
            return;
        }

        if (Current is { } last)
        {
            LogAway(name, last.ReadAt, exception.Message);
            Update(last with { IsVerified = false });
        }
        else
        {
            LogNotReadYet(name, exception.Message);
        }
    }

    private void Update(RegistryReading<T> reading)
    {
        Volatile.Write(ref _current, reading);
        try
        {
            Updated?.Invoke(reading);
        }
#pragma warning disable CA1031 // A failing handler is not a failed read and must not end the loop.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogListenerFailed(name, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Name} cannot be read; keeping the state of {ReadAt:O}. {Reason}")]
    private partial void LogAway(string name, DateTimeOffset readAt, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Name} cannot be read yet. {Reason}")]
    private partial void LogNotReadYet(string name, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The {Name} still cannot be read. {Reason}")]
    private partial void LogStillAway(string name, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The {Name} can be read again, after {Failures} failures.")]
    private partial void LogBack(string name, int failures);

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener failed on a reading of the {Name}.")]
    private partial void LogListenerFailed(string name, Exception exception);
}

/// <summary>Determines how often the registry is read and written.</summary>
public static class RegistryPolling
{
    /// <summary>Minimum time between two reads: 100 ms. Busy servers send a change notification for every change.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);

    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(250), RegistryTtl.Repeat);

    /// <summary>The pause before the next attempt: <see cref="RegistryTtl.Repeat"/> after a success; after failures 250 ms, doubled per further failure up to
    /// <see cref="RegistryTtl.Repeat"/>. Jitter shortens it by up to 20 %, so that services that lost Redis together do not return together. It never gets longer: the
    /// registry's timeout must allow for two lost heartbeats.</summary>
    /// <param name="failures">Consecutive failures; 0 after a success.</param>
    /// <param name="random">0 to 1: the fraction of the jitter to apply.</param>
    public static TimeSpan PauseAfter(int failures, double random) =>
        failures == 0 ? Backoff.Spread(RegistryTtl.Repeat, random) : s_backoff.After(failures, random);
}

/// <summary>The latest reading of a watcher.</summary>
/// <param name="Value">The last good value.</param>
/// <param name="ReadAt">When it was read, by this service's clock, for people.</param>
/// <param name="IsVerified">False when a later read failed, so the value may be outdated.</param>
public sealed record RegistryReading<T>(T Value, DateTimeOffset ReadAt, bool IsVerified)
{
    /// <summary>When the last read of everything began, as <see cref="MonotonicTime"/>. Later reads covered only what notifications named.</summary>
    public required TimeSpan EverythingReadAt { get; init; }
}
