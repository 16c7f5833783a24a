using Fleet.Contracts;
using Fleet.RealmServer.Content;

namespace Fleet.RealmServer.Rendering;

/// <summary>What a page is rendered from: a card, or a route of the host app that is no card.</summary>
/// <param name="RealmUrl">What the page is kept under: the realm's URL, for a private realm with its scope behind. Routes have one of their own: the site's address.</param>
/// <param name="Url">URL of the page.</param>
/// <param name="Version">Version of the source; grows with each change of it. Always 0 for a route: only its app knows what is behind it.</param>
/// <param name="Realm">The card's realm; null for a route.</param>
/// <param name="CardId">The card's id; empty for a route.</param>
internal sealed record PageSource(string RealmUrl, string Url, long Version, Realm? Realm = null, string CardId = "")
{
    /// <summary>Whether the page is a route of the host app.</summary>
    public bool IsRoute => Realm is null;

    /// <summary>What the page is remembered by: the URL alone may be a private card's now and a route's, which is anybody's, a moment later.</summary>
    public string Key => $"{RealmUrl} {Url}";

    public static PageSource OfCard(Realm realm, string id, long version, PublicAddress address) =>
        new(StorageScope(realm, address), address.UrlOf(realm.PathOf(id)), version, realm, id);

    /// <summary>What a realm's pages are kept under. Nobody finds a private page who does not have its realm's key, and a new key begins with nothing.</summary>
    public static string StorageScope(Realm realm, PublicAddress address) =>
        realm.Scope is { } scope ? $"{address.UrlOf(realm.Path)}#{scope}" : address.UrlOf(realm.Path);

    /// <summary>What routes of the host app are kept under.</summary>
    public static string RoutesKeptUnder(PublicAddress address) => address.UrlOf("/");

    /// <summary>Who may share a browser context with the page: for a private realm the holders of its key alone.</summary>
    public AffinityKey Affinity => Realm?.Scope is { } scope
        ? AffinityKey.Realm(RealmUrl[..^(scope.Length + 1)]) with { Scope = scope }
        : AffinityKey.Realm(RealmUrl);
}
