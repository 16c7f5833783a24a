using System.Net;
using System.Net.Sockets;

namespace Fleet.ServiceDefaults.Ports;

/// <summary>Requests a port on 127.0.0.1 for a resource.</summary>
/// <param name="Resource">Name of the resource.</param>
/// <param name="Setting">The setting or option that specifies the port.</param>
/// <param name="Port">0 means any free port.</param>
public sealed record PortRequest(string Resource, string Setting, int Port);

/// <summary>Allocates the ports of all resources before any starts, so that a port in use is reported as one error instead of several failed resources.</summary>
public static class TcpPorts
{
    /// <summary>Chooses a free port for each request of 0, and verifies that the other ports are free.</summary>
    /// <returns>The port of each resource.</returns>
    /// <exception cref="StartException">A port is in use or not permitted; the message names the port and its setting.</exception>
    public static IReadOnlyDictionary<string, int> Allocate(IReadOnlyList<PortRequest> requests)
    {
        // Keep all listeners open until every port is chosen, so that no two resources get the same port.
        var listeners = new List<TcpListener>();
        try
        {
            // Fixed ports first, so that a free choice does not take one of them.
            return requests.OrderBy(r => r.Port == 0).ToDictionary(r => r.Resource, r =>
            {
                var listener = r.Port == 0 ? FreePorts.Listen() : Listen(r);
                listeners.Add(listener);
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            });
        }
        finally
        {
            listeners.ForEach(l => l.Dispose());
        }
    }

    private static TcpListener Listen(PortRequest request)
    {
        var listener = new TcpListener(IPAddress.Loopback, request.Port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            var why = e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "is taken",
                SocketError.AccessDenied => "may not be used by this user",
                _ => $"cannot be used ({e.Message})",
            };
            throw new StartException(
                $"Port {request.Port} of {request.Resource} {why}. Free it, or set {request.Setting} to another; 0 means any free one.", e);
        }
    }
}
