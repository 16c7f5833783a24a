using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Rendering;

/// <summary>The origins that may be rendered: the host's, those of announced realms, and <c>Fleet:AllowedOrigins</c>.</summary>
internal sealed class AllowedOrigins(IConfiguration configuration, IOptions<FleetOptions> options)
{
    private readonly OriginAllowList _configured = new(options.Value.AllowedOrigins);

    private Known? _known;

    /// <summary>Public address of the host app, ending with a slash; null when none is configured.</summary>
    public Uri? Host { get; } = SiteAddress.Find(configuration)?.Public;

    /// <summary>All allowed origins, including those of <paramref name="realms"/>.</summary>
    public OriginAllowList With(IReadOnlyList<RealmRecord> realms) => GetOrCreate(realms).All;

    /// <summary>Whether only the configuration allows this URL; its origin is then a realm of its own.</summary>
    public bool IsOnlyConfigured(Uri url, IReadOnlyList<RealmRecord> realms) => _configured.Allows(url) && !GetOrCreate(realms).HostAndRealms.Allows(url);

    // Built once per registry read, not once per render: there may be many realms.
    private Known GetOrCreate(IReadOnlyList<RealmRecord> realms)
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
