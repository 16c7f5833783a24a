using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Rendering;

/// <summary>Finds the realm of a URL in as many lookups as its path has segments, independent of the number of realms.</summary>
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

    /// <summary>The indexed realms.</summary>
    public IReadOnlyList<RealmRecord> Realms { get; }

    /// <summary>The realm with the longest URL that is a prefix of <paramref name="url"/>; null when there is none.</summary>
    public RealmRecord? Find(Uri url)
    {
        // The realm's URL without its trailing slash belongs to the realm too.
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
