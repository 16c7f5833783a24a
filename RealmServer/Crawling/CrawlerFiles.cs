using System.Globalization;
using System.Text;
using System.Xml;
using Fleet.RealmServer.Pictures;
using Fleet.RealmServer.Realms;
using Fleet.Registry;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Crawling;

/// <summary>What crawlers look for beside pages. A file of the same name in the host app's folder comes first.</summary>
internal sealed class CrawlerFiles(RealmCatalog catalog, PublicAddress address, IPageStore store)
{
    public const string RobotsPath = "/robots.txt";

    public const string SitemapPath = "/sitemap.xml";

    /// <summary>Most URLs of one sitemap, as the protocol has it. Realms come first, each whole or cut at the end.</summary>
    private const int MaxUrls = 50_000;

    private const string Namespace = "http://www.sitemaps.org/schemas/sitemap/0.9";

    /// <summary>Everything may be read but what is of the server's own; the pictures that pages name may.</summary>
    public Task RobotsAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Text($"User-agent: *\nDisallow: /_\nAllow: {PictureAddress.Prefix}\n\nSitemap: {address.UrlOf(SitemapPath)}\n", "text/plain", Encoding.UTF8).ExecuteAsync(http);
    }

    /// <summary>All cards of public realms, and the routes of the host app that are kept.</summary>
    public async Task SitemapAsync(HttpContext http)
    {
        var urls = Cards().Concat(await RoutesAsync(http.RequestAborted)).Take(MaxUrls);
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.ContentType = "application/xml; charset=utf-8";
        await using var writer = XmlWriter.Create(http.Response.Body, new() { Async = true, Encoding = new UTF8Encoding(false) });
        await writer.WriteStartDocumentAsync();
        await writer.WriteStartElementAsync(null, "urlset", Namespace);
        foreach (var (url, changed) in urls)
        {
            await writer.WriteStartElementAsync(null, "url", Namespace);
            await writer.WriteElementStringAsync(null, "loc", Namespace, url);
            await writer.WriteElementStringAsync(null, "lastmod", Namespace, changed.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            await writer.WriteEndElementAsync();
        }

        await writer.WriteEndDocumentAsync();
    }

    private IEnumerable<(string Url, DateTimeOffset Changed)> Cards() =>
        from realm in catalog.Current.ById.Values
        where !realm.IsPrivate
        orderby realm.Id
        from id in IdsOf(realm)
        let written = CardFiles.VersionOf(realm, id)
        where written is not null
        select (address.UrlOf(realm.PathOf(id)), new DateTimeOffset(written.Value, TimeSpan.Zero));

    private static IReadOnlyList<string> IdsOf(Realm realm)
    {
        try
        {
            return CardFiles.List(realm).Ids;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The index lists it among the problems; the other realms are found all the same.
            return [];
        }
    }

    private async Task<IEnumerable<(string Url, DateTimeOffset Changed)>> RoutesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var facts = await store.GetFactsAsync(address.UrlOf("/"), cancellationToken);
            return facts.Where(route => route.Value.Status == StatusCodes.Status200OK)
                .OrderBy(route => route.Key, StringComparer.Ordinal)
                .Select(route => (route.Key, route.Value.RenderedAt));
        }
        catch (RegistryUnavailableException)
        {
            return [];
        }
    }
}
