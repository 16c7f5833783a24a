using Fleet.Contracts;
using Fleet.Registry;

namespace Fleet.Manager.Servers;

/// <summary>Tells renders under way that their server is gone. A frozen machine keeps its connections open and answers nothing, so without
/// this they would wait for it until their deadlines. Two things are evidence. Missed heartbeats: the registry has forgotten the server, and it has
/// not come back for as long as a registry that was itself restarted takes to learn of its servers again. And silence: see <see cref="ServerProber"/>.</summary>
internal sealed class ServerFailureNotifier
{
    /// <summary>Two heartbeats on top of those that the registry waits for.</summary>
    public static readonly TimeSpan MissingTimeout = 2 * RegistryTtl.Repeat;

    private readonly Dictionary<string, Watch> _watched = [];
    private readonly Lock _gate = new();
    private readonly FleetViews _views;
    private readonly TimeProvider _timeProvider;

    public ServerFailureNotifier(FleetViews views, TimeProvider timeProvider)
    {
        (_views, _timeProvider) = (views, timeProvider);
        views.Read += Look;
    }

    /// <summary>The servers with renders under way.</summary>
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

    /// <summary>Says that a server is gone, to whoever watches it.</summary>
    public void End(string incarnation)
    {
        Watch? watch;
        lock (_gate)
        {
            watch = _watched.GetValueOrDefault(incarnation);
        }

        watch?.End();
    }

    private void Look()
    {
        // A view that could not be read says nothing about anybody.
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

    /// <summary>A server that is watched, for all renders on it.</summary>
#pragma warning disable CA1001 // A source without a timer holds nothing, and it may be cancelled after the last render has left.
    internal sealed class Watch(ServerFailureNotifier owner, ServerRecord server) : IDisposable
#pragma warning restore CA1001
    {
        private readonly CancellationTokenSource _gone = new();

        /// <summary>As it was when the first render was sent there.</summary>
        public ServerRecord Server => server;

        /// <summary>Cancelled when the server is gone.</summary>
        public CancellationToken Gone => _gone.Token;

        internal int Followers { get; set; }

        internal long? MissedSince { get; set; }

        /// <summary>Says that the server is gone. A render that is sent there later, since it has come back, is watched anew.</summary>
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
