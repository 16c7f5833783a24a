using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering.Host;

/// <summary>The address of the host app.</summary>
/// <param name="Url">Its address, ending with a slash.</param>
internal sealed record HostAddress(Uri Url)
{
    /// <summary>Whether a URL has the host's origin, so that the host app can render it in a booted page.</summary>
    public bool IsOrigin(Uri url) => OriginAllowList.OriginOf(url) == OriginAllowList.OriginOf(Url);
}
