using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Rendering;

/// <summary>What may be rendered: the host's origin, the origins of announced realms, and <c>Fleet:AllowedOrigins</c>.</summary>
internal sealed class AllowedOrigins(IConfiguration configuration, IOptions<FleetOptions> options)
{
    private readonly OriginAllowList _configured = new(options.Value.AllowedOrigins);

    private Known? _known;

    /// <summary>Address of the host app, ending with a slash; null where none is configured.</summary>
    public Uri? Host { get; } = configuration.FindServiceUri("realm");

    /// <summary>All of them, with the realms that there are now.</summary>
    public OriginAllowList With(IReadOnlyList<RealmRecord> realms) => Look(realms).All;

    /// <summary>Whether only the configuration allows this URL, so that its origin is a realm of its own.</summary>
    public bool IsOnlyConfigured(Uri url, IReadOnlyList<RealmRecord> realms) => _configured.Allows(url) && !Look(realms).HostAndRealms.Allows(url);

    // Once per reading of the registry and not once per render: there may be many realms.
    private Known Look(IReadOnlyList<RealmRecord> realms)
    {
        var known = Volatile.Read(ref _known);
        if (known is null || !ReferenceEquals(known.Realms, realms))
        {
            string[] hostAndRealms = [.. Host is { } host ? [host.AbsoluteUri] : Array.Empty<string>(), .. realms.Select(realm => realm.Url)];
            known = new(realms, new([.. _configured.Origins, .. hostAndRealms]), new(hostAndRealms));
            Volatile.Write(ref _known, known);
        }

        return known;
    }

    private sealed record Known(IReadOnlyList<RealmRecord> Realms, OriginAllowList All, OriginAllowList HostAndRealms);
}
