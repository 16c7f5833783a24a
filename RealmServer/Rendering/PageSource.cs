using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Rendering;

/// <summary>The source of a page: a card or a route of the host app.</summary>
/// <param name="RealmUrl">The realm's URL, followed by the realm's scope if it is private. For routes, the site's URL.</param>
/// <param name="Url">URL of the page.</param>
/// <param name="Version">Version of the source; for a card, its file time in ticks. Always 0 for a route, since only the app knows its content.</param>
/// <param name="Realm">The card's realm; null for a route.</param>
/// <param name="CardId">The card's id; empty for a route.</param>
internal sealed record PageSource(string RealmUrl, string Url, long Version, Realm? Realm = null, string CardId = "")
{
    /// <summary>The rendition of the page.</summary>
    public Rendition Rendition { get; init; }

    /// <summary>Path of the file of the host app that is the route's document, with a leading slash; null if that is <c>index.html</c>.</summary>
    public string? Document { get; init; }

    /// <summary>Whether the build made a document for this route alone. It may be complete without scripts.</summary>
    public bool IsBuilt { get; init; }

    /// <summary>The storage scope of the page.</summary>
    public string Scope => PageScope.Of(RealmUrl, Rendition);

    /// <summary>Whether the page is a route of the host app.</summary>
    public bool IsRoute => Realm is null;

    /// <summary>The key of the page in memory. The URL alone is not enough: it may be a private card's now and, a moment later, that of a public route.</summary>
    public string Key => $"{Scope} {Url}";

    public static PageSource OfCard(Realm realm, string id, long version, PublicAddress address) =>
        new(StorageScope(realm, address), address.UrlOf(realm.PathOf(id)), version, realm, id);

    /// <summary>The storage scope of a realm's pages, without their rendition. A private realm's scope is derived from its key, so without the key its pages
    /// cannot be found, and a new key starts empty.</summary>
    public static string StorageScope(Realm realm, PublicAddress address) =>
        realm.Scope is { } scope ? $"{address.UrlOf(realm.Path)}#{scope}" : address.UrlOf(realm.Path);

    /// <summary>The storage scope of the host app's routes, without their rendition.</summary>
    public static string RoutesKeptUnder(PublicAddress address) => address.UrlOf("/");

    /// <summary>The affinity of the page's renders. A private realm shares a browser context only with renders that have its key.</summary>
    public AffinityKey Affinity => Realm?.Scope is { } scope
        ? AffinityKey.Realm(RealmUrl[..^(scope.Length + 1)]) with { Scope = scope }
        : AffinityKey.Realm(RealmUrl);
}
