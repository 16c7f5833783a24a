using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Rendering;

/// <summary>Finds the realm of a URL in as many steps as the URL's path has segments, however many realms there are.</summary>
internal sealed class RealmIndex
{
    private readonly Dictionary<string, RealmRecord> _byPrefix = new(StringComparer.Ordinal);

    public RealmIndex(IReadOnlyList<RealmRecord> realms)
    {
        Realms = realms;
        foreach (var realm in realms)
        {
            if (Uri.TryCreate(realm.Url, UriKind.Absolute, out var url))
            {
                _byPrefix.TryAdd(OriginAllowList.OriginOf(url) + url.AbsolutePath.TrimEnd('/') + '/', realm);
            }
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<RealmRecord> Realms { get; }

    /// <summary>The realm with the longest URL that this one starts with; null when there is none.</summary>
    public RealmRecord? Find(Uri url)
    {
        // The realm's own address without its slash is the realm too.
        var text = (OriginAllowList.OriginOf(url) + url.AbsolutePath + '/').AsSpan();
        var prefixes = _byPrefix.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var end = text.Length; end > 0; end = text[..(end - 1)].LastIndexOf('/') + 1)
        {
            if (prefixes.TryGetValue(text[..end], out var realm))
            {
                return realm;
            }
        }

        return null;
    }
}
