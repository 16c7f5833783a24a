using Fleet.RealmServer.Content;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>The routes of the host app that are listed for search engines (<c>Pages:SitemapRoutes</c>). An app that answers 200 to everything has a page at every invented URL.</summary>
internal sealed class ListedRoutes(PublicAddress address, IOptions<PagesOptions> options)
{
    private readonly ILookup<bool, string> _paths = options.Value.RoutesOfSitemap.ToLookup(static route => route.EndsWith('*'), static route => route.TrimEnd('*'));

    /// <summary>URLs of the routes that are named one by one.</summary>
    public IEnumerable<string> Urls => _paths[false].Select(address.UrlOf);

    /// <summary>Whether a URL has a named prefix.</summary>
    public bool HasPrefixOf(string url) => _paths[true].Any(prefix => url.StartsWith(address.UrlOf(prefix), StringComparison.Ordinal));

    /// <summary>Whether a stored page is listed for search engines: cards of public realms and listed routes are, unless they ask not to be indexed.</summary>
    public bool Contains(PageSource source, int status, bool isNoIndex) => status == StatusCodes.Status200OK && !isNoIndex
        && (source.Realm is { } realm ? !realm.IsPrivate : Urls.Contains(source.Url, StringComparer.Ordinal) || HasPrefixOf(source.Url));
}
