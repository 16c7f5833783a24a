using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.Registry.Watching;
using Fleet.Registry;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Concurrency;

namespace Fleet.Manager.Servers;

/// <summary>Provides the latest <see cref="FleetView"/>, maintained by a registry watcher. While Redis is unavailable the last good view remains.</summary>
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

    /// <summary>Raised when the view was updated.</summary>
    public event Action? Read;

    /// <summary>The latest view; empty before the first read.</summary>
    public FleetView Current => _watcher.Current?.Value ?? FleetView.Empty;

    /// <summary>When the latest view was read; null before the first read.</summary>
    public DateTimeOffset? ReadAt => _watcher.Current?.ReadAt;

    /// <summary>False while the registry cannot be read and the view may be outdated.</summary>
    public bool IsVerified => _watcher.Current?.IsVerified ?? false;

    /// <summary>Whether something that is missing in the view can be treated as absent. A registry that was restarted empty has no realms until they are
    /// announced again, and a manager that starts then cannot tell the difference.</summary>
    public bool IsSettled => Current.Realms.Count > 0 || (_firstReadAt is { } first && _timeProvider.GetElapsedTime(first) >= RegistryTtl.Realm);

    /// <summary>Completes when the view is updated. Take it before reading <see cref="Current"/>, or an update in between is missed.</summary>
    public Task NextRead => _changed.Next;

    /// <summary>Waits up to <paramref name="timeout"/> for <see cref="IsSettled"/>.</summary>
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

    /// <summary>Whether everything in the view was read within <paramref name="maxAge"/>. Starts another read once half of that has passed, so that frequent callers do not find it older.</summary>
    public bool IsRecent(TimeSpan maxAge)
    {
        var age = _watcher.Current is { } reading ? _timeProvider.GetMonotonicTime() - reading.EverythingReadAt : TimeSpan.MaxValue;
        if (age > maxAge / 2)
        {
            _watcher.Refresh();
        }

        return age <= maxAge;
    }

    /// <summary>Returns a view that is at most <paramref name="maxAge"/> old, or the latest one when that takes longer than <paramref name="timeout"/>.</summary>
    public async Task<FleetView> ReadFreshAsync(TimeSpan maxAge, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var asked = _timeProvider.GetMonotonicTime();
        if (_watcher.Current is { } reading && asked - reading.EverythingReadAt <= maxAge)
        {
            return Current;
        }

        _watcher.Refresh();
        while (true)
        {
            // A read in progress may have begun earlier, or may cover only other changes.
            var next = NextRead;
            if (_watcher.Current is { } read && (read.EverythingReadAt >= asked || !read.IsVerified)
                || !await BoundedWait.ForAsync(next, timeout - (_timeProvider.GetMonotonicTime() - asked), _timeProvider, cancellationToken))
            {
                return Current;
            }
        }
    }
}

/// <summary>The fleet as the registry described it at one moment. Immutable; lookups of renders are indexed once per view.</summary>
/// <param name="Shell">The current host shell; null before the first claim.</param>
/// <param name="Servers">Live servers, by name.</param>
/// <param name="Realms">Announced realms, by URL.</param>
internal sealed record FleetView(HostShell? Shell, IReadOnlyList<LiveServer> Servers, IReadOnlyList<RealmRecord> Realms)
{
    /// <summary>Live realm servers and the shell token that each serves.</summary>
    public IReadOnlyDictionary<string, string> Serving { get; init; } = new Dictionary<string, string>();

    /// <summary>Live managers and realm servers, by kind and name.</summary>
    public IReadOnlyList<ServiceRecord> Services { get; init; } = [];

    public static FleetView Empty { get; } = new(null, [], []);

    /// <summary>Index of the ready servers.</summary>
    public ServerIndex Ready { get => field ??= new(Servers); init; }

    /// <summary>Index of the realms.</summary>
    public RealmIndex Places { get => field ??= new(Realms); init; }
}
