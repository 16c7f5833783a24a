using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Indexing;

/// <summary>Which cards a pass has rendered.</summary>
/// <param name="Due">Those without a page of their content on the current shell.</param>
/// <param name="Skipped">Those whose page is stored already.</param>
/// <param name="Known">Those that failed on this content and shell before.</param>
internal sealed record IndexPlan(IReadOnlyList<PageSource> Due, IReadOnlyList<PageSource> Skipped, IReadOnlyList<PageSource> Known)
{
    /// <param name="entries">All cards.</param>
    /// <param name="seenNow">What a card's page would be rendered from now.</param>
    /// <param name="stored">What the stored pages were rendered from, by URL.</param>
    /// <param name="failed">What failed, by URL.</param>
    /// <param name="generation">The fleet's shell generation.</param>
    public static IndexPlan Of(
        IEnumerable<PageSource> entries, Func<PageSource, DependencyFingerprint> seenNow, IReadOnlyDictionary<string, RenderedFrom> stored, IReadOnlyDictionary<string, RenderedFrom> failed, long generation)
    {
        var by = entries.ToLookup(entry => seenNow(entry) is var now && Covers(stored, entry.Url, now, generation) ? Place.Skipped
            : Covers(failed, entry.Url, now, generation) ? Place.Known
            : Place.Due);
        return new([.. by[Place.Due]], [.. by[Place.Skipped]], [.. by[Place.Known]]);
    }

    // Another version is enough, it need not be a later one: only one replica indexes, so no two of them can render in turns what they see differently.
    private static bool Covers(IReadOnlyDictionary<string, RenderedFrom> rendered, string url, DependencyFingerprint now, long generation) =>
        rendered.TryGetValue(url, out var from) && from.Seen == now && from.Generation >= generation;

    private enum Place
    {
        Due,
        Skipped,
        Known,
    }
}
