using System.Net;
using System.Net.Sockets;

namespace Fleet.ServiceDefaults.Ports;

/// <summary>Free ports of 127.0.0.1 for a service that listens later.</summary>
internal static class FreePorts
{
    // Below the ports that systems give to outgoing connections (32768 and above): one of those could have the port by the time the service listens.
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int MaxAttempts = 100;

    /// <summary>Listens on a free port, which is the service's once the listener is disposed: from 20000 to 32000, or any other if 100 of those are taken.</summary>
    public static TcpListener Listen()
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(First, Last + 1));
            try
            {
                listener.Start();
                return listener;
            }
            catch (SocketException)
            {
                // Taken, or reserved by the system.
                listener.Dispose();
            }
        }

        var any = new TcpListener(IPAddress.Loopback, 0);
        any.Start();
        return any;
    }
}
