namespace Fleet.Manager.Servers;

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
