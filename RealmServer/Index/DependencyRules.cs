using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Index;

/// <summary>What a change of one card means for the pages that read it. What a page shows follows from the cards that it read, all of which
/// it names; so only those who name the changed card are rendered again, not those who name them.</summary>
internal static class DependencyRules
{
    /// <summary>The URL of the page of a card that was read, whatever was behind it.</summary>
    public static string PageOf(string dependency) => dependency.AsSpan().IndexOfAny('?', '#') is >= 0 and var end ? dependency[..end] : dependency;

    /// <summary>Each source with the version of the newest of what its page shows: its own card, or one that the stored page read.</summary>
    /// <param name="entries">All cards.</param>
    /// <param name="facts">What is stored of them, by URL.</param>
    /// <param name="now">A card that claims to be of the future counts from then on: until then nobody could say when it was read.</param>
    public static IReadOnlyList<PageSource> WithNewest(IReadOnlyList<PageSource> entries, IReadOnlyDictionary<string, PageFacts> facts, long now)
    {
        var own = entries.ToDictionary(entry => entry.Url, entry => entry.Version, StringComparer.Ordinal);
        return [.. entries.Select(entry => facts.TryGetValue(entry.Url, out var known)
            ? entry with { Version = Newest(entry.Version, known.Deps, url => own.TryGetValue(url, out var version) ? version : null, now) }
            : entry)];
    }

    /// <summary>The newest of a source and what its page read.</summary>
    /// <param name="version">The source's own version.</param>
    /// <param name="deps">What the page read.</param>
    /// <param name="versionOf">Version of a card by its page's URL; null when there is no such card.</param>
    /// <param name="notAfter">Versions after this are left out.</param>
    public static long Newest(long version, IEnumerable<string> deps, Func<string, long?> versionOf, long notAfter) =>
        deps.Select(dep => versionOf(PageOf(dep)) ?? 0).Where(dep => dep <= notAfter).Append(version).Max();

    /// <summary>Sources in the order in which they are rendered: first those that changed themselves, then those that read one of them, and so on.
    /// Each comes once, cycles or not.</summary>
    /// <param name="due">What is to be rendered.</param>
    /// <param name="changed">Whether a source changed itself, or what else there is to render it for.</param>
    /// <param name="facts">What is stored, by URL.</param>
    public static IReadOnlyList<IReadOnlyList<PageSource>> ByDepth(
        IReadOnlyList<PageSource> due, Func<PageSource, bool> changed, IReadOnlyDictionary<string, PageFacts> facts)
    {
        var readers = due
            .SelectMany(entry => facts.TryGetValue(entry.Url, out var known) ? known.Deps.Select(dep => (Dep: PageOf(dep), Reader: entry)) : [])
            .ToLookup(pair => pair.Dep, pair => pair.Reader, StringComparer.Ordinal);
        var seen = new HashSet<PageSource>();
        var levels = new List<IReadOnlyList<PageSource>>();
        var level = due.Where(changed).Where(seen.Add).ToList();
        while (seen.Count < due.Count || level.Count > 0)
        {
            if (level.Count == 0)
            {
                // Read something that is no card any more.
                level = [.. due.Where(seen.Add)];
            }

            levels.Add(level);
            level = [.. level.SelectMany(entry => readers[entry.Url]).Where(seen.Add)];
        }

        return levels;
    }
}
