using System.Text.Json.Serialization;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Indexing;

/// <summary>The card counts of a realm, as in <see cref="IndexStatus"/>.</summary>
internal readonly record struct IndexCounts(int Total, int Done, int Skipped, int Failed)
{
    /// <summary>Counts cards by realm: only readers of a private realm may see how many cards it has and when one is added.</summary>
    /// <param name="cards">All cards.</param>
    /// <param name="skipped">Cards whose page is already stored.</param>
    /// <param name="failures">Cards that failed before and have not changed since.</param>
    public static Dictionary<Realm, IndexCounts> ByRealm(IReadOnlyCollection<PageSource> cards, IEnumerable<PageSource> skipped, IEnumerable<IndexFailure> failures)
    {
        var counts = cards.CountBy(card => card.Realm!).ToDictionary(realm => realm.Key, realm => new IndexCounts(realm.Value, 0, 0, 0));
        foreach (var card in skipped)
        {
            counts[card.Realm!] = counts[card.Realm!].Advanced(failed: false) with { Skipped = counts[card.Realm!].Skipped + 1 };
        }

        // The failure of an earlier pass has the realm as it was then. Its name may have changed, and records with different names are not equal.
        var realmOf = cards.DistinctBy(card => card.Url, StringComparer.Ordinal).ToDictionary(card => card.Url, card => card.Realm!, StringComparer.Ordinal);
        foreach (var failure in failures)
        {
            counts[realmOf[failure.Url]] = counts[realmOf[failure.Url]].Advanced(failed: true);
        }

        return counts;
    }

    /// <summary>The counts with one more card done.</summary>
    public IndexCounts Advanced(bool failed) => this with { Done = Done + 1, Failed = Failed + (failed ? 1 : 0) };
}

/// <summary>A card that has no page of its current content.</summary>
/// <param name="Url">URL of the page.</param>
/// <param name="Reason">The reason.</param>
internal sealed record IndexFailure(string Url, string Reason)
{
    /// <summary>The rendition that failed.</summary>
    public Rendition Rendition { get; init; }

    /// <summary>The card's realm.</summary>
    [JsonIgnore]
    public Realm? Realm { get; init; }

    /// <summary>Diagnostics for people; served by their own endpoint.</summary>
    [JsonIgnore]
    public RenderDiagnostics? Diagnostics { get; init; }

    /// <summary>URL of the diagnostics; null if there are none.</summary>
    public string? DiagnosticsUrl => Diagnostics is null ? null : $"/_index/diagnostics?url={Uri.EscapeDataString(Url)}";
}
