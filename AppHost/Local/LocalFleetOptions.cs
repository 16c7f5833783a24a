using Fleet.ServiceDefaults.Options;

namespace Fleet.AppHost.Local;

/// <summary>What a local fleet is made of.</summary>
internal sealed record LocalFleetOptions
{
    /// <summary>Ports, number of prerender servers, admin key.</summary>
    public required FleetOptions Fleet { get; init; }

    /// <summary>Connection string of a Redis that is there already; null to start one.</summary>
    public string? RedisConnection { get; init; }

    /// <summary>Full path of <c>redis-server</c>; wanted when there is no connection string.</summary>
    public string? RedisServer { get; init; }

    /// <summary>Address under which the other services reach the realm servers, of a load balancer in front of them; null for the realm server's own.</summary>
    public Uri? HostAddress { get; init; }

    /// <summary>Further settings for every service: <c>Realms:Root</c> and the like.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether a resource that ends unasked is started again. Tests want to see the fleet without it.</summary>
    public bool RestartEnded { get; init; } = true;
}
