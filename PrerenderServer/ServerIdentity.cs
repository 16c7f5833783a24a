using Fleet.PrerenderServer.Registration;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer;

/// <summary>Identity of this server.</summary>
/// <param name="name">The configured name; null to use the address.</param>
/// <param name="address">The address of this server.</param>
internal sealed class ServerIdentity(string? name, ServerAddress address)
{
    /// <summary>GUID of this process; a restarted server has a new one.</summary>
    public string Incarnation { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Name for people: the configured or resource name (<c>prerender-0</c>), otherwise host and port, which are unique at any time.</summary>
    public string Name => name ?? (Uri.TryCreate(address.Url, UriKind.Absolute, out var url) ? url.Authority : Incarnation);
}

/// <summary>The address at which managers reach this server.</summary>
internal sealed class ServerAddress(IServer server, IOptions<RegistrationOptions> options)
{
    /// <summary>The configured address, otherwise the address it listens on; null before the listener is up.</summary>
    public string? Url => options.Value.Url ?? Choose(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);

    /// <summary>Chooses the address to announce. Prefers plain HTTP, as used inside a deployment. A wildcard address becomes loopback, which is
    /// right for a fleet on one machine.</summary>
    public static string? Choose(IEnumerable<string> addresses) =>
        addresses.OrderBy(a => a.StartsWith("https:", StringComparison.OrdinalIgnoreCase)).FirstOrDefault() is { } address
            ? address.Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal).Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal)
                .Replace("//+", "//127.0.0.1", StringComparison.Ordinal).Replace("//*", "//127.0.0.1", StringComparison.Ordinal).TrimEnd('/')
            : null;
}
