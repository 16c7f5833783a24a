using System.Text.Json.Serialization;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Indexing;

/// <summary>Cards of a realm in numbers, as <see cref="IndexStatus"/> has them.</summary>
internal readonly record struct IndexCounts(int Total, int Done, int Skipped, int Failed)
{
    /// <summary>By realm, since how many cards a private one has, and when one comes, is for those who may read it.</summary>
    /// <param name="cards">All cards.</param>
    /// <param name="skipped">Those whose page is stored already.</param>
    /// <param name="failures">Those that failed before and have not changed since.</param>
    public static Dictionary<Realm, IndexCounts> ByRealm(IReadOnlyCollection<PageSource> cards, IEnumerable<PageSource> skipped, IEnumerable<IndexFailure> failures)
    {
        var counts = cards.CountBy(card => card.Realm!).ToDictionary(realm => realm.Key, realm => new IndexCounts(realm.Value, 0, 0, 0));
        foreach (var card in skipped)
        {
            counts[card.Realm!] = counts[card.Realm!].Advanced(failed: false) with { Skipped = counts[card.Realm!].Skipped + 1 };
        }

        // A failure of an earlier pass names the realm as it was then; its name may be another one by now.
        var realmOf = cards.ToDictionary(card => card.Url, card => card.Realm!, StringComparer.Ordinal);
        foreach (var failure in failures)
        {
            counts[realmOf[failure.Url]] = counts[realmOf[failure.Url]].Advanced(failed: true);
        }

        return counts;
    }

    /// <summary>With one more card done.</summary>
    public IndexCounts Advanced(bool failed) => this with { Done = Done + 1, Failed = Failed + (failed ? 1 : 0) };
}

/// <summary>A card whose page could not be had.</summary>
/// <param name="Url">URL of the page.</param>
/// <param name="Reason">Why.</param>
internal sealed record IndexFailure(string Url, string Reason)
{
    /// <summary>The card's realm.</summary>
    [JsonIgnore]
    public Realm? Realm { get; init; }

    /// <summary>What a person needs to understand it; read by itself.</summary>
    [JsonIgnore]
    public RenderDiagnostics? Diagnostics { get; init; }

    /// <summary>Where the diagnostics are; null when there are none.</summary>
    public string? DiagnosticsUrl => Diagnostics is null ? null : $"/_index/diagnostics?url={Uri.EscapeDataString(Url)}";
}
