using Fleet.Contracts;
using Fleet.Registry;

namespace Fleet.Manager.Servers;

/// <summary>Cancels the wait of renders in flight when their server is gone. A frozen machine keeps its connections open and never responds, so without this
/// renders would wait until their deadlines. A server counts as gone when it was missing in the registry for <see cref="MissingTimeout"/>, or when it
/// does not answer a probe of <see cref="ServerProber"/>.</summary>
internal sealed class ServerFailureNotifier
{
    /// <summary>Two heartbeat intervals on top of the registry's own timeout: 10 s. A registry that was restarted needs that long to learn of its servers again.</summary>
    public static readonly TimeSpan MissingTimeout = 2 * RegistryTtl.Repeat;

    private readonly Dictionary<string, Watch> _watched = [];
    private readonly Lock _gate = new();
    private readonly FleetViews _views;
    private readonly TimeProvider _timeProvider;

    public ServerFailureNotifier(FleetViews views, TimeProvider timeProvider)
    {
        (_views, _timeProvider) = (views, timeProvider);
        views.Read += CheckHeartbeats;
    }

    /// <summary>The servers with renders in flight.</summary>
    public IReadOnlyList<Watch> Watched
    {
        get { lock (_gate) { return [.. _watched.Values]; } }
    }

    /// <summary>Watches a server until the watch is disposed.</summary>
    public Watch Follow(ServerRecord server)
    {
        lock (_gate)
        {
            if (!_watched.TryGetValue(server.Incarnation, out var watch))
            {
                _watched[server.Incarnation] = watch = new Watch(this, server);
            }

            watch.Followers++;
            return watch;
        }
    }

    /// <summary>Declares a server gone to all renders that watch it.</summary>
    public void End(string incarnation)
    {
        Watch? watch;
        lock (_gate)
        {
            watch = _watched.GetValueOrDefault(incarnation);
        }

        watch?.End();
    }

    private void CheckHeartbeats()
    {
        // An outdated view is no evidence about any server.
        if (!_views.IsVerified)
        {
            return;
        }

        var present = _views.Current.Servers.Select(server => server.Incarnation).ToHashSet();
        List<Watch> gone = [];
        lock (_gate)
        {
            foreach (var watch in _watched.Values)
            {
                watch.MissedSince = present.Contains(watch.Server.Incarnation) ? null : watch.MissedSince ?? _timeProvider.GetTimestamp();
                if (watch.MissedSince is { } since && _timeProvider.GetElapsedTime(since) >= MissingTimeout)
                {
                    gone.Add(watch);
                }
            }
        }

        gone.ForEach(watch => watch.End());
    }

    private void Forget(Watch watch)
    {
        if (_watched.GetValueOrDefault(watch.Server.Incarnation) == watch)
        {
            _watched.Remove(watch.Server.Incarnation);
        }
    }

    /// <summary>The watch of one server, shared by all renders on it.</summary>
#pragma warning disable CA1001 // A source without a timer owns no resources, and it may be cancelled after the last render has ended.
    internal sealed class Watch(ServerFailureNotifier owner, ServerRecord server) : IDisposable
#pragma warning restore CA1001
    {
        private readonly CancellationTokenSource _gone = new();

        /// <summary>The server's record when the first of these renders was sent.</summary>
        public ServerRecord Server => server;

        /// <summary>Cancelled when the server is gone.</summary>
        public CancellationToken Gone => _gone.Token;

        internal int Followers { get; set; }

        internal long? MissedSince { get; set; }

        /// <summary>Declares the server gone. A later render on the same server gets a new watch.</summary>
        public void End()
        {
            lock (owner._gate)
            {
                owner.Forget(this);
            }

            _gone.Cancel();
        }

        public void Dispose()
        {
            lock (owner._gate)
            {
                if (--Followers == 0)
                {
                    owner.Forget(this);
                }
            }
        }
    }
}
