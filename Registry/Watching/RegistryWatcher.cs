using Fleet.Registry.Events;
using Fleet.ServiceDefaults.Concurrency;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Watching;

/// <summary>
/// A service's screenshot of some state in the registry. It subscribes, then reads everything, and reads everything again when the connection is back and at
/// least every <see cref="RegistryTtl.Repeat"/>; on a change notification that concerns it, it reads what the notification names, but never more often than
/// every 100 ms. A notification that is lost, doubled or late changes nothing. While the registry is away the last good value stays.
/// </summary>
/// <param name="name">What is watched, for logs: "host shell".</param>
/// <param name="concerns">The hints on which it is read again; <see cref="FleetEventKind.Reconnected"/> always is.</param>
/// <param name="read">Reads what may have changed and gives the whole. Called by one loop at a time. Must be bounded, as every call of the registry is.</param>
/// <param name="backplane">Where hints come from.</param>
/// <param name="timeProvider">The clock of the poll.</param>
/// <param name="logger">The watcher's own log.</param>
public sealed partial class RegistryWatcher<T>(
    string name,
    IReadOnlyCollection<FleetEventKind> concerns,
    Func<RegistryChanges, CancellationToken, Task<T>> read,
    IBackplane backplane,
    TimeProvider timeProvider,
    ILogger<RegistryWatcher<T>> logger) : BackgroundService
{
    /// <summary>With more changes than this everything is read.</summary>
    private const int MaxChanges = 1_000;

    private readonly AsyncAutoResetEvent _wanted = new();
    private readonly Lock _gate = new();
    private readonly HashSet<FleetEvent> _changes = [];
    private bool _isEverythingWanted = true;
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RegistryReading<T>? _current;
    private int _failures;

    /// <summary>What was read last; null before the first success.</summary>
    public RegistryReading<T>? Current => Volatile.Read(ref _current);

    /// <summary>Raised on the watcher's loop after every successful read, changed or not, and once when the reading is no longer verified.
    /// A listener must be quick; the next read waits for it.</summary>
    public event Action<RegistryReading<T>>? Updated;

    /// <summary>Asks for a read of everything now. For a caller that learns by another way that the reading is old.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            _isEverythingWanted = true;
            _wanted.Set();
        }
    }

    /// <summary>Waits for the first successful read.</summary>
    public async Task<RegistryReading<T>> WaitForFirstAsync(CancellationToken cancellationToken)
    {
        await _first.Task.WaitAsync(cancellationToken);
        return Current!;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var subscription = await backplane.SubscribeAsync(OnHint, stoppingToken);
        var (polledAt, pause) = (timeProvider.GetTimestamp(), TimeSpan.Zero);
        while (true)
        {
            var changes = TakeChanges();
            await TryReadAsync(changes, stoppingToken);
            var readAt = timeProvider.GetTimestamp();
            if (changes.IsEverything || _failures > 0)
            {
#pragma warning disable CA5394 // Jitter is no secret.
                (polledAt, pause) = (readAt, RegistryPolling.PauseAfter(_failures, Random.Shared.NextDouble()));
#pragma warning restore CA5394
            }

            // A stream of notifications must not put off the poll.
            var isNotified = await _wanted.WaitAsync(pause - timeProvider.GetElapsedTime(polledAt), timeProvider, stoppingToken);
            WantEverythingIf(!isNotified || _failures > 0 || timeProvider.GetElapsedTime(polledAt) >= pause);
            // A notification after a rest is read at once, a stream of them at the pace.
            if (RegistryPolling.MinInterval - timeProvider.GetElapsedTime(readAt) is { Ticks: > 0 } rest)
            {
                await Task.Delay(rest, timeProvider, stoppingToken);
            }
        }
    }

    private void OnHint(FleetEvent hint)
    {
        var isReconnect = hint.Kind == FleetEventKind.Reconnected;
        if (!isReconnect && !concerns.Contains(hint.Kind))
        {
            return;
        }

        lock (_gate)
        {
            // One that names no subject may be about any.
            _isEverythingWanted |= isReconnect || hint.Subject.Length == 0 || _changes.Count == MaxChanges;
            if (!_isEverythingWanted)
            {
                _changes.Add(hint with { Version = 0 });
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
            var began = timeProvider.GetUtcNow();
            var value = await read(changes, stoppingToken);
            if (_failures > 0)
            {
                LogBack(name, _failures);
            }

            _failures = 0;
            Update(new(value, timeProvider.GetUtcNow(), IsVerified: true) { EverythingReadAt = changes.IsEverything ? began : Current!.EverythingReadAt });
            _first.TrySetResult();
        }
#pragma warning disable CA1031 // Whatever went wrong with one read, the loop must live to try the next.
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

        LogAway(name, Current?.ReadAt, exception.Message);
        if (Current is { } last)
        {
            Update(last with { IsVerified = false });
        }
    }

    private void Update(RegistryReading<T> reading)
    {
        Volatile.Write(ref _current, reading);
        try
        {
            Updated?.Invoke(reading);
        }
#pragma warning disable CA1031 // A listener's fault is neither a failed read nor a reason to stop reading.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogListenerFailed(name, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Name} cannot be read; what was last read at {ReadAt:O} stays. {Reason}")]
    private partial void LogAway(string name, DateTimeOffset? readAt, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The {Name} still cannot be read. {Reason}")]
    private partial void LogStillAway(string name, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The {Name} can be read again, after {Failures} failures.")]
    private partial void LogBack(string name, int failures);

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener failed on a reading of the {Name}.")]
    private partial void LogListenerFailed(string name, Exception exception);
}

/// <summary>How often the registry is read, and written, again.</summary>
public static class RegistryPolling
{
    /// <summary>The least time between two reads, whatever the change notifications: 100 ms. Busy servers notify of every change.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);

    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(250), RegistryTtl.Repeat);

    /// <summary>The pause after a success is <see cref="RegistryTtl.Repeat"/>, after failures 250 ms, doubled with each further one up to that. Each is up to
    /// a fifth shorter, so that services which lost Redis together do not return together, and never longer: two lost heartbeats must fit into what
    /// the registry waits for.</summary>
    /// <param name="failures">Failures in a row; 0 after a success.</param>
    /// <param name="random">0 to 1: which part of the fifth is taken off.</param>
    public static TimeSpan PauseAfter(int failures, double random) =>
        failures == 0 ? Backoff.Spread(RegistryTtl.Repeat, random) : s_backoff.After(failures, random);
}

/// <summary>What a watcher read last.</summary>
/// <param name="Value">The last good value.</param>
/// <param name="ReadAt">When it was read, by this service's clock.</param>
/// <param name="IsVerified">False since a later attempt to read failed: the value may be old.</param>
public sealed record RegistryReading<T>(T Value, DateTimeOffset ReadAt, bool IsVerified)
{
    /// <summary>When the last read of everything began; what was read since then is what notifications named. By this service's clock.</summary>
    public required DateTimeOffset EverythingReadAt { get; init; }
}
