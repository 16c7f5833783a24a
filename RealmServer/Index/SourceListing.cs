using Fleet.RealmServer.Realms;
using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Index;

/// <summary>What the folders held at one moment.</summary>
/// <param name="Entries">All cards of all realms.</param>
/// <param name="Problems">What is wrong with the folders.</param>
/// <param name="Realms">What the pages of the realms whose folders could be read are kept under.</param>
/// <param name="Withdrawn">Under what those of private realms were kept, had they been public once.</param>
internal sealed record SourceListing(
    IReadOnlyList<PageSource> Entries, IReadOnlyList<RealmProblem> Problems, IReadOnlyList<string> Realms, IReadOnlyList<string> Withdrawn)
{
    public static readonly SourceListing Empty = new([], [], [], []);

    private readonly Dictionary<string, long> _versions = Entries.ToDictionary(entry => entry.Url, entry => entry.Version, StringComparer.Ordinal);

    /// <summary>Version of what was at a URL; 0 when there was nothing.</summary>
    public long VersionOf(string url) => _versions.GetValueOrDefault(url);

    /// <summary>Whether the same was there at both moments.</summary>
    public bool HasSameAs(SourceListing other) => Entries.SequenceEqual(other.Entries);
}
