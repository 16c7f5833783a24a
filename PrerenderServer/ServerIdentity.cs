using Fleet.PrerenderServer.Registration;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer;

/// <summary>Who this server is.</summary>
/// <param name="name">The configured name; null for the address.</param>
/// <param name="address">The address that it registers.</param>
internal sealed class ServerIdentity(string? name, ServerAddress address)
{
    /// <summary>A GUID of this process; a restarted server is another one.</summary>
    public string Incarnation { get; } = Guid.NewGuid().ToString("N");

    /// <summary>For people: the resource name, <c>prerender-0</c>, else host and port, which no other server has at the same time.</summary>
    public string Name => name ?? (Uri.TryCreate(address.Url, UriKind.Absolute, out var url) ? url.Authority : Incarnation);
}

/// <summary>The address that managers reach this server at.</summary>
internal sealed class ServerAddress(IServer server, IOptions<RegistrationOptions> options)
{
    /// <summary>The configured address, else the one that is listened on; null before the listener is up.</summary>
    public string? Url => options.Value.Url ?? Choose(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);

    /// <summary>The address to announce of those that are listened on: plain HTTP first, as inside a deployment; one that stands for every
    /// interface becomes loopback, which is right for a fleet on one machine.</summary>
    public static string? Choose(IEnumerable<string> addresses) =>
        addresses.OrderBy(a => a.StartsWith("https:", StringComparison.OrdinalIgnoreCase)).FirstOrDefault() is { } address
            ? address.Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal).Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal)
                .Replace("//+", "//127.0.0.1", StringComparison.Ordinal).Replace("//*", "//127.0.0.1", StringComparison.Ordinal).TrimEnd('/')
            : null;
}
