using System.Net;
using System.Net.Sockets;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;

namespace Fleet.AppHost.Settings;

/// <summary>The port that a resource is to have.</summary>
/// <param name="Resource">Name of the resource.</param>
/// <param name="Setting">The setting that says so.</param>
/// <param name="Port">0 means any free port.</param>
internal sealed record PortRequest(string Resource, string Setting, int Port);

/// <summary>Gives every resource its port before anything starts, so that a port that is taken is one sentence and not five failed resources.</summary>
internal static class PortPlan
{
    /// <summary>The ports that the settings ask for.</summary>
    /// <param name="fleet">The settings.</param>
    /// <param name="ownRedis">Whether the AppHost starts Redis.</param>
    /// <exception cref="StartException">Two resources ask for the same port, or one for a port beyond 65535.</exception>
    public static IReadOnlyList<PortRequest> Create(FleetOptions fleet, bool ownRedis)
    {
        var ports = fleet.Ports;
        List<PortRequest> requests =
        [
            .. ownRedis ? [new PortRequest("redis", "Fleet:Ports:Redis", ports.Redis)] : (PortRequest[])[],
            new("realm", "Fleet:Ports:Realm", ports.Realm),
            new("manager", "Fleet:Ports:Manager", ports.Manager),
            .. Enumerable.Range(0, fleet.PrerenderServers).Select(i =>
                new PortRequest($"prerender-{i}", "Fleet:Ports:Prerender", ports.Prerender == 0 ? 0 : ports.Prerender + i)),
        ];

        if (requests.Find(r => r.Port > ushort.MaxValue) is { } beyond)
        {
            throw new StartException(
                $"{beyond.Setting} is {ports.Prerender}, which with Fleet:PrerenderServers {fleet.PrerenderServers} "
                + $"gives {beyond.Resource} port {beyond.Port}: ports end at {ushort.MaxValue}.");
        }

        if (requests.Where(r => r.Port != 0).GroupBy(r => r.Port).FirstOrDefault(g => g.Count() > 1)?.ToList() is [var first, var second, ..])
        {
            throw new StartException(
                $"Port {first.Port} is given to both {first.Resource} ({first.Setting}) and {second.Resource} ({second.Setting}). Set another; 0 means any free one.");
        }

        return requests;
    }

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
                $"Port {request.Port} of {request.Resource} {why}. Free it, or set {request.Setting} to another (0 means any free one), "
                + $"for example: dotnet run --project AppHost -- --{request.Setting}=0", e);
        }
    }
}
