namespace Fleet.RealmServer.Content;

/// <summary>What a path of this server is.</summary>
internal enum SitePlace
{
    /// <summary>A path that is always answered with the bare shell.</summary>
    Shell,

    /// <summary>A card, whether it exists or not.</summary>
    Card,

    /// <summary>Several cards of a realm.</summary>
    Cards,

    /// <summary>What a realm says of itself.</summary>
    Realm,

    /// <summary>A card or realm at a second URL; the first is the one to use.</summary>
    Redirect,

    /// <summary>A path inside a realm, or of the server's own, at which there can be nothing.</summary>
    NotFound,

    /// <summary>A file of the host app, or a route of its own.</summary>
    HostApp,
}

/// <summary>Tells what a path is, by its text alone.</summary>
/// <param name="Place">What it is.</param>
/// <param name="Realm">The realm that it is in.</param>
/// <param name="Card">Id of the card, for <see cref="SitePlace.Card"/> and <see cref="SitePlace.Redirect"/>.</param>
internal readonly record struct SiteRoute(SitePlace Place, Realm? Realm = null, string Card = "")
{
    private const string Bulk = "_cards";

    /// <param name="path">The request's path: decoded, dot segments removed, starts with a slash.</param>
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
            // A private realm that cannot be read now does not become a route that anybody may have rendered.
            return new(rest.StartsWith('_') || realms.IsLocked(first) ? SitePlace.NotFound : SitePlace.HostApp);
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
