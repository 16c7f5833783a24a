namespace Fleet.RealmServer.Content;

/// <summary>What a path of this server refers to.</summary>
internal enum SitePlace
{
    /// <summary>A path that is always answered with the bare shell.</summary>
    Shell,

    /// <summary>A card, whether it exists or not.</summary>
    Card,

    /// <summary>Several cards of a realm.</summary>
    Cards,

    /// <summary>A realm's description.</summary>
    Realm,

    /// <summary>A card or realm at a URL that is not canonical.</summary>
    Redirect,

    /// <summary>A path in a realm or in the server's own namespace that cannot exist.</summary>
    NotFound,

    /// <summary>A path in a folder of the host app whose name begins with an underscore, such as <c>/_framework</c> (Blazor), <c>/_next</c> or <c>/_nuxt</c>: a file, or nothing. It is no route.</summary>
    HostFile,

    /// <summary>A file or a route of the host app.</summary>
    HostApp,
}

/// <summary>Classifies a path by its text alone.</summary>
/// <param name="Place">What the path refers to.</param>
/// <param name="Realm">The realm; null outside of realms.</param>
/// <param name="Card">Id of the card, for <see cref="SitePlace.Card"/> and <see cref="SitePlace.Redirect"/>.</param>
internal readonly record struct SiteRoute(SitePlace Place, Realm? Realm = null, string Card = "")
{
    private const string Bulk = "_cards";

    /// <summary>Classifies a path.</summary>
    /// <param name="path">The request's path: decoded, without dot segments, with a leading slash.</param>
    /// <param name="realms">The realms.</param>
    public static SiteRoute Of(string path, RealmSet realms)
    {
        if (path is "/_standby" or "/index.html")
        {
            return new(SitePlace.Shell);
        }

        if (path == "/")
        {
            return new(SitePlace.HostApp);
        }

        var rest = path.AsSpan(1);
        var slash = rest.IndexOf('/');
        var first = slash < 0 ? rest : rest[..slash];
        if (realms.Find(first) is not { } realm)
        {
            // A private realm that cannot be read must not become a route of the host app, which anyone may request.
            // What begins with an underscore and is in no folder is this server's, or is read by other servers and not meant to be served: _headers, _redirects.
            return new(realms.IsLocked(first) ? SitePlace.NotFound : !first.StartsWith('_') ? SitePlace.HostApp : slash < 0 ? SitePlace.NotFound : SitePlace.HostFile);
        }

        if (slash < 0)
        {
            return new(SitePlace.Redirect, realm, realm.Index);
        }

        return rest[(slash + 1)..] switch
        {
            "" => new(SitePlace.Card, realm, realm.Index),
            Bulk => new(SitePlace.Cards, realm),
            Realm.Description => new(SitePlace.Realm, realm),
            var id when id.SequenceEqual(realm.Index) => new(SitePlace.Redirect, realm, realm.Index),
            var id when CardId.IsValid(id) => new(SitePlace.Card, realm, id.ToString()),
            _ => new(SitePlace.NotFound, realm),
        };
    }
}
