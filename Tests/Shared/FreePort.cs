using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Fleet.Tests;

/// <summary>A TCP port of 127.0.0.1 that is free now. It is below the range from which systems take ports of outgoing connections (32768 and above), so that
/// none of those has it by the time a service listens.</summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 32_000;

    private static readonly ConcurrentDictionary<int, bool> s_taken = new();

    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last + 1);
            if (IsFree(port) && s_taken.TryAdd(port, true))
            {
                return port;
            }
        }
    }

    /// <summary>The address of a service that is to listen there.</summary>
    public static Uri TakeAddress() => new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", Take()).Uri;

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
