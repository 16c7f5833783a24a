using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using Fleet.RealmServer.Caching;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Pages;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site.Crawling;

/// <summary>Builds <c>/sitemap.xml</c>: all cards of public realms, and the routes of the host app that <c>Pages:SitemapRoutes</c> names. The endpoint is
/// public, so the sitemap is built only once at a time and cached for a minute.</summary>
internal sealed class Sitemap(RealmCatalog catalog, PublicAddress address, IPageStore store, IOptions<PagesOptions> options, TimeProvider timeProvider)
{
    /// <summary>Maximum number of URLs, as the sitemap protocol defines it. Realms come first; what exceeds the limit is cut off.</summary>
    private const int MaxUrls = 50_000;

    private const string Namespace = "http://www.sitemaps.org/schemas/sitemap/0.9";

    private static readonly TimeSpan s_maxAge = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private (Task<EncodedBody> Body, long At)? _latest;

    public Task<EncodedBody> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_latest is not { } latest || latest.Body.IsFaulted || (latest.Body.IsCompleted && timeProvider.GetElapsedTime(latest.At) >= s_maxAge))
            {
                // Not bound to the first caller's token: the result is shared, and the first caller may cancel.
                _latest = latest = (Task.Run(BuildAsync, CancellationToken.None), timeProvider.GetTimestamp());
            }

            return latest.Body.WaitAsync(cancellationToken);
        }
    }

    private async Task<EncodedBody> BuildAsync()
    {
        var urls = Cards().Concat(await RoutesAsync()).Take(MaxUrls);
        using var bytes = new MemoryStream();
        using (var writer = XmlWriter.Create(bytes, new() { Encoding = new UTF8Encoding(false) }))
        {
            writer.WriteStartElement("urlset", Namespace);
            foreach (var (url, changed) in urls)
            {
                writer.WriteStartElement("url", Namespace);
                writer.WriteElementString("loc", Namespace, url);
                if (changed is { } time)
                {
                    writer.WriteElementString("lastmod", Namespace, time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
                }

                writer.WriteEndElement();
            }

            writer.WriteEndElement();
        }

        var xml = bytes.ToArray();
        return new(xml, Convert.ToHexStringLower(SHA256.HashData(xml).AsSpan(..16)));
    }

    private IEnumerable<(string Url, DateTimeOffset? Changed)> Cards() =>
        from realm in catalog.Current.ById.Values
        where !realm.IsPrivate
        orderby realm.Id
        from id in IdsOf(realm)
        let written = CardFiles.VersionOf(realm, id)
        where written is not null
        select (address.UrlOf(realm.PathOf(id)), (DateTimeOffset?)new DateTimeOffset(written.Value, TimeSpan.Zero));

    private static IReadOnlyList<string> IdsOf(Realm realm)
    {
        try
        {
            return CardFiles.List(realm).Ids;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The index reports it as a problem; the sitemap lists the other realms.
            return [];
        }
    }

    // An app that answers 200 to everything has a page at every invented URL, so only configured routes are listed.
    private async Task<IEnumerable<(string Url, DateTimeOffset? Changed)>> RoutesAsync()
    {
        var named = options.Value.RoutesOfSitemap.ToLookup(route => route.EndsWith('*'), route => address.UrlOf(route.TrimEnd('*')));
        var stored = named[true].Any() ? await StoredAsync([.. named[true]]) : [];
        return named[false].Select(url => (url, default(DateTimeOffset?))).Concat(stored).DistinctBy(route => route.Item1, StringComparer.Ordinal);
    }

    private async Task<IEnumerable<(string Url, DateTimeOffset? Changed)>> StoredAsync(string[] prefixes)
    {
        try
        {
            var facts = await store.GetFactsAsync(address.UrlOf("/"), CancellationToken.None);
            return facts.Where(route => route.Value.Status == StatusCodes.Status200OK && prefixes.Any(prefix => route.Key.StartsWith(prefix, StringComparison.Ordinal)))
                .OrderBy(route => route.Key, StringComparer.Ordinal)
                .Select(route => (route.Key, (DateTimeOffset?)route.Value.RenderedAt));
        }
        catch (RegistryUnavailableException)
        {
            return [];
        }
    }
}
