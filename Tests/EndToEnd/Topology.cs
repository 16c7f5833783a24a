using System.Globalization;
using Fleet.AppHost.Settings;

namespace Fleet.Tests.EndToEnd;

/// <summary>The addresses of a fleet's services.</summary>
/// <param name="Realm">Address of the realm server.</param>
/// <param name="Manager">Address of the manager.</param>
/// <param name="Prerender">Addresses of the prerender servers, in the order of their names.</param>
/// <param name="Redis">Connection string of Redis.</param>
/// <param name="AdminKey">The key that the services share.</param>
internal sealed record Topology(Uri Realm, Uri Manager, IReadOnlyList<Uri> Prerender, string Redis, string AdminKey)
{
    /// <summary>The address of a service.</summary>
    public Uri AddressOf(string service) => service switch
    {
        "realm" => Realm,
        "manager" => Manager,
        _ => Prerender[int.Parse(service["prerender-".Length..], CultureInfo.InvariantCulture)],
    };

    public static Topology Of(AppHostSettings settings, string redis, string adminKey)
    {
        return new(
            Address("realm"), Address("manager"), [.. Enumerable.Range(0, settings.Fleet.PrerenderServers).Select(i => Address($"prerender-{i}"))], redis, adminKey);

        Uri Address(string resource) => new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", settings.PortOf(resource)!.Value).Uri;
    }
}
