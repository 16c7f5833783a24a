using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Indexing;

/// <summary>What the folders held at one moment.</summary>
/// <param name="Entries">All cards of all realms.</param>
/// <param name="Versions">Version of all that a page can read: cards, what the realms say of themselves, and their list; by URL.</param>
/// <param name="Problems">What is wrong with the folders.</param>
/// <param name="Realms">What the pages of the realms whose folders could be read are kept under.</param>
/// <param name="Withdrawn">Under what those of private realms were kept, had they been public once.</param>
internal sealed record SourceListing(
    IReadOnlyList<PageSource> Entries, IReadOnlyDictionary<string, long> Versions, IReadOnlyList<RealmProblem> Problems, IReadOnlyList<string> Realms,
    IReadOnlyList<string> Withdrawn)
{
    public static readonly SourceListing Empty = new([], new Dictionary<string, long>(), [], [], []);

    /// <summary>Version of what was at a URL; 0 when there was nothing.</summary>
    public long VersionOf(string url) => Versions.GetValueOrDefault(url);

    /// <summary>Whether the same was there at both moments.</summary>
    public bool HasSameAs(SourceListing other) => Entries.SequenceEqual(other.Entries)
        && Versions.Count == other.Versions.Count && Versions.All(source => other.VersionOf(source.Key) == source.Value);
}
