using Fleet.Manager.Servers;

namespace Fleet.Bench.Routing;

/// <summary>What one manager knows: the last screenshot of the registry, and its own renders under way. Every policy decides by the same.</summary>
internal sealed class SimManager
{
    private readonly Dictionary<string, int> _numbers = [];
    private int[] _othersWork = [];
    private int[] _ownWork = [];

    public FleetView View { get; private set; } = FleetView.Empty;

    public Reservations Reservations { get; } = new();

    /// <summary>The servers, by number.</summary>
    public IReadOnlyList<LiveServer> Servers => View.Servers;

    /// <summary>Renders on a server, as far as this manager can tell.</summary>
    public int Work(int server) => _othersWork[server] + _ownWork[server];

    public int NumberOf(LiveServer server) => _numbers[server.Incarnation];

    public void Read(IReadOnlyList<LiveServer> reported)
    {
        LiveServer[] live = [.. reported.Select(server => server with { OwnWhenSeen = Reservations.On(server.Incarnation) })];
        View = new FleetView(null, live, []) { Ready = new(live, View.Ready) };
        if (_numbers.Count == 0)
        {
            _ownWork = new int[reported.Count];
            for (var i = 0; i < reported.Count; i++)
            {
                _numbers[reported[i].Incarnation] = i;
            }
        }

        _othersWork = [.. View.Servers.Select(server => server.WorkOfOthers)];
    }

    /// <summary>Sends a render where the policy says; gives the server's number.</summary>
    public (int Server, IDisposable Reservation) Send(string affinity, Func<LiveServer> choose)
    {
        var reservation = Reservations.TryReserve(affinity, choose)!;
        var number = NumberOf(reservation.Server);
        _ownWork[number]++;
        return (number, reservation);
    }

    public void Ended(SimRender render)
    {
        render.Reservation.Dispose();
        _ownWork[render.Server]--;
    }
}
