using System.Net;
using System.Net.Sockets;
using Fleet.ServiceDefaults;

namespace Fleet.AppHost.Local;

/// <summary>Turns wishes into ports that are free now.</summary>
internal static class FreePorts
{
    /// <summary>Chooses free ports where the wish is 0 and makes sure that the others are free.</summary>
    /// <returns>The port of each resource.</returns>
    /// <exception cref="StartException">A port is taken or may not be used; names it and its setting.</exception>
    public static IReadOnlyDictionary<string, int> Take(IReadOnlyList<PortWish> wishes)
    {
        // All stay open until all are chosen, so that no two resources get the same.
        var listeners = new List<TcpListener>();
        try
        {
            // The named ones first: a free choice must not take what another resource asks for.
            return wishes.OrderBy(w => w.Port == 0).ToDictionary(w => w.Resource, w =>
            {
                var listener = Listen(w);
                listeners.Add(listener);
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            });
        }
        finally
        {
            listeners.ForEach(l => l.Dispose());
        }
    }

    private static TcpListener Listen(PortWish wish)
    {
        var listener = new TcpListener(IPAddress.Loopback, wish.Port);
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
                $"Port {wish.Port}, wanted by {wish.Resource}, {why}. Free it, or set {wish.Setting} to another (0 means any free one), "
                + $"for example: dotnet run --project AppHost -- --{wish.Setting}=0", e);
        }
    }
}
