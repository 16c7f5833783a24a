using Fleet.ServiceDefaults;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Content;

/// <summary>The URL at which this server is reached. Without <c>Realms:PublicUrl</c> it is known only once the server listens, since the port may be dynamic.</summary>
internal sealed class PublicAddress(IOptions<RealmsOptions> options, IServer server)
{
    private volatile string? _url;

    /// <summary>The URL with a trailing slash; null until the server listens.</summary>
    public string? Url => _url ??= SiteAddress.TryParsePublic(options.Value.PublicUrl, out var configured) ? WithSlash(configured) : Bound();

    /// <summary>The URL at which this server reaches itself, whatever its public URL is, with a trailing slash; null until the server listens.</summary>
    public string? OwnUrl => Bound();

    /// <summary>The URL of a path of this server.</summary>
    /// <param name="path">The path, with a leading slash.</param>
    public string UrlOf(string path) => string.Concat(
        Url ?? throw new InvalidOperationException("The server does not listen yet, so its URL is not known."), path.AsSpan(1));

    /// <summary>Converts a bound address into one that clients can connect to: a wildcard host becomes 127.0.0.1.</summary>
    internal static string Dialable(string bound)
    {
        var address = BindingAddress.Parse(bound);
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return WithSlash(new UriBuilder(address.Scheme, host, address.Port).Uri);
    }

    private static string WithSlash(Uri uri) => uri.AbsoluteUri.EndsWith('/') ? uri.AbsoluteUri : uri.AbsoluteUri + "/";

    // The address has port 0 until the server listens.
    private string? Bound() => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } bound && BindingAddress.Parse(bound).Port != 0
        ? Dialable(bound)
        : null;
}
