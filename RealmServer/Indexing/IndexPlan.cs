using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Indexing;

/// <summary>The cards that a pass renders, and those that it does not.</summary>
/// <param name="Due">Cards to render: they have no page of their current content on the current shell.</param>
/// <param name="Skipped">Cards whose page is already stored.</param>
/// <param name="Failed">Cards that have already failed with this content and shell.</param>
internal sealed record IndexPlan(IReadOnlyList<PageSource> Due, IReadOnlyList<PageSource> Skipped, IReadOnlyList<PageSource> Failed)
{
    /// <summary>Creates the plan.</summary>
    /// <param name="entries">All cards.</param>
    /// <param name="seenNow">Gets the fingerprint of what a card's page would be rendered from now.</param>
    /// <param name="stored">What the stored pages were rendered from, by <see cref="PageSource.Key"/>.</param>
    /// <param name="failed">What the failed cards were rendered from, by <see cref="PageSource.Key"/>.</param>
    /// <param name="generation">The fleet's shell generation.</param>
    public static IndexPlan Of(
        IEnumerable<PageSource> entries, Func<PageSource, DependencyFingerprint> seenNow, IReadOnlyDictionary<string, RenderedFrom> stored, IReadOnlyDictionary<string, RenderedFrom> failed, long generation)
    {
        var groups = entries.ToLookup(entry => seenNow(entry) is var now && Covers(stored, entry.Key, now, generation) ? Group.Skipped
            : Covers(failed, entry.Key, now, generation) ? Group.Failed
            : Group.Due);
        return new([.. groups[Group.Due]], [.. groups[Group.Skipped]], [.. groups[Group.Failed]]);
    }

    // Any other version counts as changed, not only a later one: only one replica indexes, so replicas that see different files cannot take turns in rendering a page.
    private static bool Covers(IReadOnlyDictionary<string, RenderedFrom> rendered, string key, DependencyFingerprint now, long generation) =>
        rendered.TryGetValue(key, out var from) && from.Seen == now && from.Generation >= generation;

    private enum Group
    {
        Due,
        Skipped,
        Failed,
    }
}
