namespace Fleet.AppHost.Local;

/// <summary>What runs where, known before anything runs.</summary>
/// <param name="Realm">Address of the realm server.</param>
/// <param name="Manager">Address of the manager.</param>
/// <param name="Prerender">Addresses of the prerender servers, in the order of their names.</param>
/// <param name="Redis">Connection string of Redis; null when the registry is in memory.</param>
/// <param name="AdminKey">The key that the services share.</param>
/// <param name="Settings">What was set on the command line; reaches every service.</param>
internal sealed record Topology(
    Uri Realm,
    Uri Manager,
    IReadOnlyList<Uri> Prerender,
    string? Redis,
    string AdminKey,
    IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Where the other services reach the realm server: there, or at a load balancer in front of it.</summary>
    public Uri Host { get; init; } = Realm;

    /// <summary>The services' names, in start order.</summary>
    public IEnumerable<string> Services =>
        [ResourceNames.Realm, ResourceNames.Manager, .. Prerender.Select((_, i) => ResourceNames.Prerender(i))];

    /// <summary>The address of a service.</summary>
    public Uri AddressOf(string service) => service switch
    {
        ResourceNames.Realm => Realm,
        ResourceNames.Manager => Manager,
        _ => Prerender.Where((_, i) => ResourceNames.Prerender(i) == service).Single(),
    };

    /// <summary>Puts it together from the ports that were given out.</summary>
    public static Topology Create(
        IReadOnlyDictionary<string, int> ports, int prerenderServers, string? redis, string adminKey, IReadOnlyDictionary<string, string> settings) =>
        new(Loopback(ports[ResourceNames.Realm]),
            Loopback(ports[ResourceNames.Manager]),
            [.. Enumerable.Range(0, prerenderServers).Select(i => Loopback(ports[ResourceNames.Prerender(i)]))],
            redis,
            adminKey,
            settings);

    private static Uri Loopback(int port) => new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri;
}
