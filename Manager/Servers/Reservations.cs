namespace Fleet.Manager.Servers;

/// <summary>Renders that this manager has sent, by server and affinity. Counted before they are sent, so that a burst does not land on the
/// one server that was idle a moment ago.</summary>
internal sealed class Reservations
{
    private readonly Dictionary<string, int> _byServer = [];
    private readonly Dictionary<string, Dictionary<string, int>> _byAffinity = [];
    private readonly Lock _gate = new();

    /// <summary>Reservations ever made.</summary>
    public long Made { get; private set; }

    /// <summary>Renders under way on a server.</summary>
    public int On(string incarnation)
    {
        lock (_gate)
        {
            return _byServer.GetValueOrDefault(incarnation);
        }
    }

    /// <summary>Renders under way on a server for an affinity.</summary>
    public int On(string incarnation, string affinity)
    {
        lock (_gate)
        {
            return _byAffinity.TryGetValue(affinity, out var byServer) ? byServer.GetValueOrDefault(incarnation) : 0;
        }
    }

    /// <summary>Incarnations with renders under way for an affinity. For whoever is asked by <see cref="TryReserve"/>: nothing changes meanwhile.</summary>
    public IReadOnlyCollection<string> ServersOf(string affinity) => _byAffinity.TryGetValue(affinity, out var byServer) ? byServer.Keys : [];

    /// <summary>Chooses and counts in one step, so that two callers cannot choose by the same counts. Null when nothing was chosen.</summary>
    /// <param name="affinity">For which affinity.</param>
    /// <param name="choose">Chooses a server by these counts, or null.</param>
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

/// <summary>One render counted on a server. Disposing gives it back, once.</summary>
internal sealed class Reservation(Reservations owner, LiveServer server, string affinity) : IDisposable
{
    private bool _givenBack;

    public LiveServer Server => server;

    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _givenBack, true))
        {
            owner.GiveBack(server.Incarnation, affinity);
        }
    }
}
