using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Ports;

namespace Fleet.AppHost.Settings;

/// <summary>Assigns ports to the resources.</summary>
internal static class PortPlan
{
    /// <summary>Creates the port requests of the settings.</summary>
    /// <param name="fleet">The settings.</param>
    /// <param name="ownRedis">Whether the AppHost starts Redis.</param>
    /// <exception cref="StartException">Two resources have the same port, or a port is above 65535.</exception>
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
}
