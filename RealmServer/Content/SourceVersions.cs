namespace Fleet.RealmServer.Content;

/// <summary>Current versions of the sources that pages read from this server.</summary>
internal sealed class SourceVersions(RealmCatalog catalog, PublicAddress address)
{
    /// <summary>Version of the source at a URL without query and fragment; 0 if there is none, or it has no version.</summary>
    public long Of(string url)
    {
        if (address.Url is not { } site || !url.StartsWith(site, StringComparison.Ordinal))
        {
            return 0;
        }

        var (path, realms) = (url[(site.Length - 1)..], catalog.Current);
        if (realms.Versions.TryGetValue(path, out var version))
        {
            return version;
        }

        var route = SiteRoute.Of(path, realms);
        return route is { Place: SitePlace.Card, Realm: { } realm } ? CardFiles.VersionOf(realm, route.Card) ?? 0 : 0;
    }
}
