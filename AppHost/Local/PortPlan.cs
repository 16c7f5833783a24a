using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;

namespace Fleet.AppHost.Local;

/// <summary>Which resource wants which port, before anything is started.</summary>
internal static class PortPlan
{
    /// <summary>The ports that the settings ask for.</summary>
    /// <param name="fleet">The settings.</param>
    /// <param name="ownRedis">Whether Redis is one of the resources.</param>
    /// <exception cref="StartException">Two resources want the same port, or a port beyond 65535.</exception>
    public static IReadOnlyList<PortWish> Create(FleetOptions fleet, bool ownRedis)
    {
        var ports = fleet.Ports;
        var wishes = new List<PortWish>();
        if (ownRedis)
        {
            wishes.Add(new(ResourceNames.Redis, "Fleet:Ports:Redis", ports.Redis));
        }

        wishes.Add(new(ResourceNames.Realm, "Fleet:Ports:Realm", ports.Realm));
        wishes.Add(new(ResourceNames.Manager, "Fleet:Ports:Manager", ports.Manager));
        wishes.AddRange(Enumerable.Range(0, fleet.PrerenderServers).Select(i =>
            new PortWish(ResourceNames.Prerender(i), "Fleet:Ports:Prerender", ports.Prerender == 0 ? 0 : ports.Prerender + i)));

        Validate(wishes, fleet);
        return wishes;
    }

    private static void Validate(List<PortWish> wishes, FleetOptions fleet)
    {
        if (wishes.Find(w => w.Port > ushort.MaxValue) is { } beyond)
        {
            throw new StartException(
                $"{beyond.Setting} is {fleet.Ports.Prerender}, which with Fleet:PrerenderServers {fleet.PrerenderServers} "
                + $"gives {beyond.Resource} port {beyond.Port}: ports end at {ushort.MaxValue}.");
        }

        if (wishes.Where(w => w.Port != 0).GroupBy(w => w.Port).FirstOrDefault(g => g.Count() > 1)?.ToList() is [var first, var second, ..])
        {
            throw new StartException(
                $"Port {first.Port} is given to both {first.Resource} ({first.Setting}) and {second.Resource} ({second.Setting}). Set another; 0 means any free one.");
        }
    }
}
