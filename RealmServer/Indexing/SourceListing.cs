using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Indexing;

/// <summary>A snapshot of the folders.</summary>
/// <param name="Entries">All cards of all realms, each in all renditions.</param>
/// <param name="Versions">Versions of all sources that a page can read, by URL: cards, the descriptions of the realms and their list.</param>
/// <param name="Problems">Problems in the folders.</param>
/// <param name="Realms">Storage scopes of the realms whose folders could be read.</param>
/// <param name="Withdrawn">Storage scopes that the private realms would have if they were public; pages may be left there from when they were.</param>
internal sealed record SourceListing(
    IReadOnlyList<PageSource> Entries, IReadOnlyDictionary<string, long> Versions, IReadOnlyList<RealmProblem> Problems, IReadOnlyList<string> Realms,
    IReadOnlyList<string> Withdrawn)
{
    public static readonly SourceListing Empty = new([], new Dictionary<string, long>(), [], [], []);

    /// <summary>Version of the source at a URL; 0 if there was none.</summary>
    public long VersionOf(string url) => Versions.GetValueOrDefault(url);

    /// <summary>Whether both snapshots have the same cards and versions.</summary>
    public bool HasSameAs(SourceListing other) => Entries.SequenceEqual(other.Entries)
        && Versions.Count == other.Versions.Count && Versions.All(source => other.VersionOf(source.Key) == source.Value);
}
