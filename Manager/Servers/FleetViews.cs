using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Registry.Watching;
using Fleet.Registry;
using Fleet.ServiceDefaults.Concurrency;

namespace Fleet.Manager.Servers;

/// <summary>The newest <see cref="FleetView"/>, kept by a watcher of the registry. While Redis is away the last good one stays.</summary>
internal sealed class FleetViews
{
    private readonly RegistryWatcher<FleetView> _watcher;
    private readonly TimeProvider _timeProvider;
    private readonly AsyncPulse _changed = new();
    private long? _firstReadAt;

    public FleetViews(RegistryWatcher<FleetView> watcher, UnhealthyServers unhealthyServers, TimeProvider timeProvider)
    {
        (_watcher, _timeProvider) = (watcher, timeProvider);
        _watcher.Updated += reading =>
        {
            _firstReadAt ??= _timeProvider.GetTimestamp();
            unhealthyServers.Prune(reading.Value);
            _changed.PulseAll();
            Read?.Invoke();
        };
    }

    /// <summary>Raised when the view was read again.</summary>
    public event Action? Read;

    /// <summary>The newest view; empty before the first.</summary>
    public FleetView Current => _watcher.Current?.Value ?? FleetView.Empty;

    /// <summary>When it was read; null before the first.</summary>
    public DateTimeOffset? ReadAt => _watcher.Current?.ReadAt;

    /// <summary>False while the registry cannot be read and the view may be old.</summary>
    public bool IsVerified => _watcher.Current?.IsVerified ?? false;

    /// <summary>Whether what the view does not have can be held against anybody. A registry that was restarted empty knows no realms before they were
    /// announced again, and a manager that starts then cannot tell it from one that never will.</summary>
    public bool IsSettled => Current.Realms.Count > 0 || (_firstReadAt is { } first && _timeProvider.GetElapsedTime(first) >= RegistryTtl.Realm);

    /// <summary>Completes when the view is read again. Take it before looking at <see cref="Current"/>.</summary>
    public Task NextRead => _changed.Next;

    /// <summary>Waits until the view is settled, if that comes about within <paramref name="timeout"/>.</summary>
    public async Task SettleAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = _timeProvider.GetTimestamp();
        while (true)
        {
            var next = NextRead;
            if (IsSettled || !await BoundedWait.ForAsync(next, timeout - _timeProvider.GetElapsedTime(started), _timeProvider, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>A view that is at most <paramref name="maxAge"/> old, if one can be had within <paramref name="timeout"/>; else the newest there is.</summary>
    public async Task<FleetView> ReadFreshAsync(TimeSpan maxAge, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var (asked, started) = (_timeProvider.GetUtcNow(), _timeProvider.GetTimestamp());
        if (_watcher.Current is { } reading && asked - reading.EverythingReadAt <= maxAge)
        {
            return Current;
        }

        _watcher.Refresh();
        while (true)
        {
            // A read that is under way may have begun before, or be of other changes.
            var next = NextRead;
            if (_watcher.Current is { } read && (read.EverythingReadAt >= asked || !read.IsVerified)
                || !await BoundedWait.ForAsync(next, timeout - _timeProvider.GetElapsedTime(started), _timeProvider, cancellationToken))
            {
                return Current;
            }
        }
    }
}

/// <summary>The fleet as the registry described it at one moment. Never changed, only replaced; what every render looks up in it is indexed
/// once, when it is made.</summary>
/// <param name="Shell">The current host shell; null before the first claim.</param>
/// <param name="Servers">Live servers, by name.</param>
/// <param name="Realms">Announced realms, by URL.</param>
internal sealed record FleetView(HostShell? Shell, IReadOnlyList<LiveServer> Servers, IReadOnlyList<RealmRecord> Realms)
{
    /// <summary>Live realm servers and the shell token that each serves.</summary>
    public IReadOnlyDictionary<string, string> Serving { get; init; } = new Dictionary<string, string>();

    public static FleetView Empty { get; } = new(null, [], []);

    /// <summary>The ready servers, by what a render looks for.</summary>
    public ServerIndex Ready { get => field ??= new(Servers); init; }

    /// <summary>The realms, by URL.</summary>
    public RealmIndex Places { get => field ??= new(Realms); init; }
}
