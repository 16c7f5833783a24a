using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Index;

/// <summary>Which cards a pass has rendered.</summary>
/// <param name="Due">Those without a page of their content on the current shell.</param>
/// <param name="Skipped">Those whose page is stored already.</param>
/// <param name="Known">Those that failed on this content and shell before.</param>
internal sealed record IndexPlan(IReadOnlyList<PageSource> Due, IReadOnlyList<PageSource> Skipped, IReadOnlyList<PageSource> Known)
{
    /// <param name="entries">All cards.</param>
    /// <param name="stored">Version of what is stored, by URL.</param>
    /// <param name="failed">Version of what failed, by URL.</param>
    /// <param name="generation">The fleet's shell generation.</param>
    public static IndexPlan Of(
        IEnumerable<PageSource> entries, IReadOnlyDictionary<string, PageVersion> stored, IReadOnlyDictionary<string, PageVersion> failed, long generation)
    {
        var by = entries.ToLookup(entry =>
            Covers(stored, entry, generation) ? Place.Skipped : Covers(failed, entry, generation) ? Place.Known : Place.Due);
        return new([.. by[Place.Due]], [.. by[Place.Skipped]], [.. by[Place.Known]]);
    }

    /// <summary>The plan, with those due as well whose stored page read one of these.</summary>
    /// <param name="removed">Pages of cards that are gone.</param>
    /// <param name="facts">What is stored, by URL.</param>
    public IndexPlan WithReadersOf(IEnumerable<string> removed, IReadOnlyDictionary<string, PageFacts> facts)
    {
        var gone = removed.ToHashSet(StringComparer.Ordinal);
        if (gone.Count == 0)
        {
            return this;
        }

        var reads = Skipped.ToLookup(entry => facts.TryGetValue(entry.Url, out var known) && known.Deps.Any(dep => gone.Contains(DependencyRules.PageOf(dep))));
        return this with { Due = [.. Due, .. reads[true]], Skipped = [.. reads[false]] };
    }

    // A stored page of a newer source, from a replica that has newer content, could not be replaced anyway.
    private static bool Covers(IReadOnlyDictionary<string, PageVersion> versions, PageSource entry, long generation) =>
        versions.TryGetValue(entry.Url, out var version) && version.SourceVersion >= entry.Version && version.Generation >= generation;

    private enum Place
    {
        Due,
        Skipped,
        Known,
    }
}
