using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.RealmServer.Site.Crawling;
using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.Site.Operations;

/// <summary>Finds the page that a URL of the site refers to, as a request for the URL would.</summary>
internal sealed class PageTargets(RealmCatalog catalog, PublicAddress address, PageAddress addresses, HostAppFiles files, RouteDocuments documents)
{
    private readonly RealmCatalog _catalog = catalog;

    /// <summary>The storage scopes of the site: of each realm, and of the routes.</summary>
    public IReadOnlyList<string> Scopes =>
        [.. _catalog.Current.ById.Values.Select(realm => PageSource.StorageScope(realm, address)).Append(PageSource.RoutesKeptUnder(address))];

    /// <summary>The absolute URL of a text that is one, or is a path of the site.</summary>
    public string UrlOf(string text) => text.StartsWith('/') ? address.UrlOf(text) : text;

    /// <summary>The page at a URL.</summary>
    /// <param name="text">A URL of the site, absolute or as a path, as written.</param>
    public PageTarget Find(string text)
    {
        if (text.Length > RenderLimits.MaxUrlLength)
        {
            return new(text[..100] + "…", null, $"The URL has {text.Length} characters; the maximum is {RenderLimits.MaxUrlLength}.");
        }

        if (PathOf(text) is not { } target)
        {
            return new(text, null, $"It is not a URL of this site: it must begin with {address.Url} or with a single /.");
        }

        var url = addresses.Of(target);
        var path = Decoded(url);
        var route = SiteRoute.Of(path, _catalog.Current);
        return route.Place switch
        {
            SitePlace.Card or SitePlace.Redirect => OfCard(route.Realm!, route.Card),
            SitePlace.HostApp when path is CrawlerFiles.RobotsPath or CrawlerFiles.SitemapPath || files.Find(path) != HostAppFile.None => new(address.UrlOf(url), null, "It is a file, not a page."),
            SitePlace.HostApp when address.UrlOf(url) is var page => page.Length > RenderLimits.MaxUrlLength
                ? new(page[..100] + "…", null, $"The URL has {page.Length} characters; the maximum is {RenderLimits.MaxUrlLength}.")
                : OfRoute(path, page),
            _ => new(address.UrlOf(url), null, "There is no page at this path."),
        };
    }

    /// <summary>The page that is stored under a URL of a scope.</summary>
    public PageSource Stored(string scope, string url) =>
        PathOf(url) is { } path && SiteRoute.Of(path, _catalog.Current) is { Place: SitePlace.Card, Realm: { } realm } card && PageSource.StorageScope(realm, address) == scope
            ? OfCard(realm, card.Card).Source ?? new(scope, url, long.MaxValue)
            : documents.SourceOf(PathOf(url) is { } route ? documents.Find(Decoded(route)).File : null, url) with { RealmUrl = scope };

    private PageTarget OfRoute(string path, string page) => documents.Find(path) switch
    {
        { RedirectTo: { } to } => new(page, null, $"It redirects to {to}."),
        { IsNotFound: true } => new(page, null, "There is no page at this path."),
        var document => new(page, documents.SourceOf(document.File, page)),
    };

    private PageTarget OfCard(Realm realm, string card) => CardFiles.VersionOf(realm, card) is { } version
        ? new(address.UrlOf(realm.PathOf(card)), PageSource.OfCard(realm, card, version, address))
        : new(address.UrlOf(realm.PathOf(card)), null, "There is no card at this path.");

    // As the server decodes the path of a request, where %2F is no separator.
    private static string Decoded(string target) => PathString.FromUriComponent(target.Split('?', 2)[0]).Value!;

    /// <summary>Path and query of a URL of this site, without fragment; null for any other text.</summary>
    private string? PathOf(string text)
    {
        var plain = ExactUrl.WithoutFragment(text);
        if (plain.StartsWith('/'))
        {
            return plain.StartsWith("//", StringComparison.Ordinal) ? null : plain;
        }

        if (address.Url is not { } own || !Uri.TryCreate(plain, UriKind.Absolute, out var uri))
        {
            return null;
        }

        var site = new Uri(own);
        var start = plain.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3 || uri.UserInfo.Length > 0 || OriginAllowList.OriginOf(uri) != OriginAllowList.OriginOf(site))
        {
            return null;
        }

        var at = plain.IndexOfAny(['/', '?'], start);
        var rest = at < 0 ? "/" : plain[at] == '?' ? "/" + plain[at..] : plain[at..];
        return rest.StartsWith(site.AbsolutePath, StringComparison.Ordinal) ? "/" + rest[site.AbsolutePath.Length..] : null;
    }
}

/// <summary>What a URL refers to.</summary>
/// <param name="Url">The page's URL; the given text if it is none.</param>
/// <param name="Source">The page; null if there is none.</param>
/// <param name="WhyNot">Why there is no page; null if there is one.</param>
internal sealed record PageTarget(string Url, PageSource? Source, string? WhyNot = null);
