using System.Net;
using System.Net.Sockets;

namespace Fleet.Tests;

/// <summary>A TCP port of 127.0.0.1 that is free now.</summary>
internal static class FreePort
{
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The address of a service that is to listen there.</summary>
    public static Uri TakeAddress() => new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", Take()).Uri;
}
