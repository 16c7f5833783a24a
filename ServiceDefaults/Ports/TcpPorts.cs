using System.Net;
using System.Net.Sockets;

namespace Fleet.ServiceDefaults.Ports;

/// <summary>The port on 127.0.0.1 that a resource is to have.</summary>
/// <param name="Resource">Name of the resource.</param>
/// <param name="Setting">The setting or option that asks for it.</param>
/// <param name="Port">0 means any free port.</param>
public sealed record PortRequest(string Resource, string Setting, int Port);

/// <summary>Gives every resource its port before anything starts, so that a port that is taken is one sentence and not several failed resources.</summary>
public static class TcpPorts
{
    /// <summary>Chooses free ports where the request is 0, and makes sure that the others are free.</summary>
    /// <returns>The port of each resource.</returns>
    /// <exception cref="StartException">A port is taken or not permitted; names it and its setting.</exception>
    public static IReadOnlyDictionary<string, int> Allocate(IReadOnlyList<PortRequest> requests)
    {
        // All listeners stay open until every port is chosen, so that no two resources get the same one.
        var listeners = new List<TcpListener>();
        try
        {
            // Fixed ports first: a free choice must not take what another resource asks for.
            return requests.OrderBy(r => r.Port == 0).ToDictionary(r => r.Resource, r =>
            {
                var listener = Listen(r);
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
