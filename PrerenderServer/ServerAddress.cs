using Fleet.PrerenderServer.Registration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer;

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
