using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using Fleet.RealmServer.Caching;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;
using Fleet.Registry;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Site.Crawling;

/// <summary>Builds <c>/sitemap.xml</c>: all cards of public realms, and the routes of the host app that <c>Pages:SitemapRoutes</c> names, except those whose stored
/// page asks not to be listed. The endpoint is
/// public, so the sitemap is built only once at a time and cached for a minute.</summary>
internal sealed class Sitemap(RealmCatalog catalog, PublicAddress address, IPageStore store, ListedRoutes routes, TimeProvider timeProvider)
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
        var realms = catalog.Current.ById.Values.Where(realm => !realm.IsPrivate).OrderBy(realm => realm.Id, StringComparer.Ordinal).ToList();
        var stored = await FactsAsync(PageSource.RoutesKeptUnder(address));
        var listed = new List<(string Url, DateTimeOffset? Changed)>();
        foreach (var realm in realms)
        {
            var facts = await FactsAsync(PageSource.StorageScope(realm, address));
            listed.AddRange(CardsOf(realm).Where(card => MayList(card.Url, facts)));
        }

        var urls = listed.Concat(Routes(stored)).Take(MaxUrls);
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

    private IEnumerable<(string Url, DateTimeOffset? Changed)> CardsOf(Realm realm) =>
        from id in IdsOf(realm)
        let written = CardFiles.VersionOf(realm, id)
        where written is not null
        select (address.UrlOf(realm.PathOf(id)), (DateTimeOffset?)new DateTimeOffset(written.Value, TimeSpan.Zero));

    private static bool MayList(string url, IReadOnlyDictionary<string, PageFacts> facts) => facts.GetValueOrDefault(url)?.IsNoIndex != true;

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

    private IEnumerable<(string Url, DateTimeOffset? Changed)> Routes(IReadOnlyDictionary<string, PageFacts> facts)
    {
        var stored = facts.Where(route => route.Value.Status == StatusCodes.Status200OK && routes.HasPrefixOf(route.Key))
            .OrderBy(route => route.Key, StringComparer.Ordinal)
            .Select(route => (route.Key, (DateTimeOffset?)route.Value.RenderedAt));
        return routes.Urls.Select(url => (url, default(DateTimeOffset?))).Concat(stored).DistinctBy(route => route.Item1, StringComparer.Ordinal).Where(route => MayList(route.Item1, facts));
    }

    private async Task<IReadOnlyDictionary<string, PageFacts>> FactsAsync(string scope)
    {
        try
        {
            return await store.GetFactsAsync(scope, CancellationToken.None);
        }
        catch (RegistryUnavailableException)
        {
            return new Dictionary<string, PageFacts>();
        }
    }
}
