namespace Fleet.Manager.Servers;

/// <summary>Counts this manager's renders in flight by server and affinity. A render is counted before it is sent, so that a burst does not go to the one server
/// that was idle a moment ago.</summary>
internal sealed class Reservations
{
    private readonly Dictionary<string, int> _byServer = [];
    private readonly Dictionary<string, Dictionary<string, int>> _byAffinity = [];
    private readonly Lock _gate = new();

    /// <summary>Total number of reservations made.</summary>
    public long Made { get; private set; }

    /// <summary>Renders in flight on a server.</summary>
    public int On(string incarnation)
    {
        lock (_gate)
        {
            return _byServer.GetValueOrDefault(incarnation);
        }
    }

    /// <summary>Renders in flight on a server for an affinity.</summary>
    public int On(string incarnation, string affinity)
    {
        lock (_gate)
        {
            return _byAffinity.TryGetValue(affinity, out var byServer) ? byServer.GetValueOrDefault(incarnation) : 0;
        }
    }

    /// <summary>Incarnations with renders in flight for an affinity. Call it only within the callback of <see cref="TryReserve"/>, which holds the lock.</summary>
    public IReadOnlyCollection<string> ServersOf(string affinity) => _byAffinity.TryGetValue(affinity, out var byServer) ? byServer.Keys : [];

    /// <summary>Chooses a server and counts the render under one lock, so that two renders cannot choose by the same counts. Null when no server was chosen.</summary>
    /// <param name="affinity">The affinity of the render.</param>
    /// <param name="choose">Chooses a server by these counts, or returns null.</param>
    public Reservation? TryReserve(string affinity, Func<LiveServer?> choose)
    {
        lock (_gate)
        {
            if (choose() is not { } server)
            {
                return null;
            }

            if (!_byAffinity.TryGetValue(affinity, out var byServer))
            {
                _byAffinity[affinity] = byServer = [];
            }

            byServer[server.Incarnation] = byServer.GetValueOrDefault(server.Incarnation) + 1;
            _byServer[server.Incarnation] = _byServer.GetValueOrDefault(server.Incarnation) + 1;
            Made++;
            return new Reservation(this, server, affinity);
        }
    }

    internal void GiveBack(string incarnation, string affinity)
    {
        lock (_gate)
        {
            var byServer = _byAffinity[affinity];
            if (--byServer[incarnation] == 0 && byServer.Remove(incarnation) && byServer.Count == 0)
            {
                _byAffinity.Remove(affinity);
            }

            if (--_byServer[incarnation] == 0)
            {
                _byServer.Remove(incarnation);
            }
        }
    }
}

/// <summary>One render counted on a server. Disposing it releases the count, once.</summary>
internal sealed class Reservation(Reservations owner, LiveServer server, string affinity) : IDisposable
{
    private bool _isReleased;

    public LiveServer Server => server;

    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isReleased, true))
        {
            owner.GiveBack(server.Incarnation, affinity);
        }
    }
}
