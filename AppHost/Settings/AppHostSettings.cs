using Fleet.ServiceDefaults.Options;

namespace Fleet.AppHost.Settings;

/// <summary>The validated settings of one run.</summary>
/// <param name="Fleet">Section <c>Fleet</c>.</param>
/// <param name="Forwarded">Settings of the command line by key (<c>Pool:Slots</c>), which are forwarded to every service.</param>
/// <param name="Ports">TCP ports by resource; empty when publishing.</param>
internal sealed record AppHostSettings(FleetOptions Fleet, IReadOnlyDictionary<string, string> Forwarded, IReadOnlyDictionary<string, int> Ports)
{
    /// <summary>Whether the sample is served: the command line sets neither a host app nor realms.</summary>
    public bool IsSample => !Forwarded.ContainsKey("Host:Dist") && !Forwarded.ContainsKey("Realms:Root");

    /// <summary>The port of a resource on this machine; null when publishing, where the target assigns it.</summary>
    public int? PortOf(string resource) => Ports.TryGetValue(resource, out var port) ? port : null;
}
