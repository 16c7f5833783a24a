using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Content;

/// <summary>The URL under which this server is reached. Without a setting it is known once the server listens, since the port may be any free one.</summary>
internal sealed class PublicAddress(IOptions<RealmsOptions> options, IServer server)
{
    private volatile string? _url;

    /// <summary>Ends with a slash; null as long as the server does not listen.</summary>
    public string? Url => _url ??= options.Value.PublicUrl is { } set ? WithSlash(new Uri(set)) : Bound();

    /// <summary>The URL of a path of this server.</summary>
    /// <param name="path">Starts with a slash.</param>
    public string UrlOf(string path) => string.Concat(
        Url ?? throw new InvalidOperationException("The server does not listen yet, so its own URL is not known."), path.AsSpan(1));

    /// <summary>An address that can be dialled for one that can be bound: "all interfaces" is no destination.</summary>
    internal static string Dialable(string bound)
    {
        var address = BindingAddress.Parse(bound);
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return WithSlash(new UriBuilder(address.Scheme, host, address.Port).Uri);
    }

    private static string WithSlash(Uri uri) => uri.AbsoluteUri.EndsWith('/') ? uri.AbsoluteUri : uri.AbsoluteUri + "/";

    // Port 0 stands there until the server listens.
    private string? Bound() => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } bound && BindingAddress.Parse(bound).Port != 0
        ? Dialable(bound)
        : null;
}
