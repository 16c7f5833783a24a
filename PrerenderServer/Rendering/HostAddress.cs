using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Where the host app is.</summary>
/// <param name="Url">Its address, ending with a slash.</param>
internal sealed record HostAddress(Uri Url)
{
    /// <summary>Whether a URL is of the host's origin, and may so be rendered by the host app in a booted page.</summary>
    public bool IsOrigin(Uri url) => OriginAllowList.OriginOf(url) == OriginAllowList.OriginOf(Url);
}
