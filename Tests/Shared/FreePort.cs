using System.Collections.Concurrent;
using Fleet.ServiceDefaults.Ports;

namespace Fleet.Tests;

/// <summary>A TCP port of 127.0.0.1 that is free now and that no other test of this process was given.</summary>
internal static class FreePort
{
    private const string Resource = "test";

    private static readonly ConcurrentDictionary<int, bool> s_taken = new();

    public static int Take()
    {
        while (true)
        {
            var port = TcpPorts.Allocate([new(Resource, Resource, 0)])[Resource];
            if (s_taken.TryAdd(port, true))
            {
                return port;
            }
        }
    }

    /// <summary>The address of a service that is to listen there.</summary>
    public static Uri TakeAddress() => new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", Take()).Uri;
}
