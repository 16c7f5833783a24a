using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Rendering;

/// <summary>Determines which pages depend on a card. A page lists every card that it read, so a change of a card affects only the pages that list it,
/// not the pages that list those.</summary>
internal static class DependencyRules
{
    /// <summary>The URL of a dependency without query and fragment.</summary>
    public static string PageOf(string dependency) => dependency.AsSpan().IndexOfAny('?', '#') is >= 0 and var end ? dependency[..end] : dependency;

    /// <summary>Digest of a page's dependencies and their versions, independent of their order. Null if the version of one is not known.</summary>
    /// <param name="deps">The URLs that the page read.</param>
    /// <param name="versionOf">Gets the version of the source at a URL: 0 if there is none, so that the digest changes when it is added; null if it is not known.</param>
    public static string? TagOf(IEnumerable<string> deps, Func<string, long?> versionOf)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var url in deps.Select(PageOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (versionOf(url) is not { } version)
            {
                return null;
            }

            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{url} {version}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(..12));
    }

    /// <summary>Groups sources into levels, in render order: first those that changed themselves, then those that read one of them, and so on.
    /// Each source is in exactly one level, even in cycles.</summary>
    /// <param name="due">The sources to render.</param>
    /// <param name="changed">Whether a source must be rendered for its own sake, not only because a card that it read changed.</param>
    /// <param name="facts">Facts of the stored pages, by <see cref="PageSource.Key"/>.</param>
    public static IReadOnlyList<IReadOnlyList<PageSource>> ByDepth(
        IReadOnlyList<PageSource> due, Func<PageSource, bool> changed, IReadOnlyDictionary<string, PageFacts> facts)
    {
        var readers = due
            .SelectMany(entry => facts.TryGetValue(entry.Key, out var known) ? known.Deps.Select(dep => (Dep: PageOf(dep), Reader: entry)) : [])
            .ToLookup(pair => pair.Dep, pair => pair.Reader, StringComparer.Ordinal);
        var seen = new HashSet<PageSource>();
        var levels = new List<IReadOnlyList<PageSource>>();
        var level = due.Where(changed).Where(seen.Add).ToList();
        while (seen.Count < due.Count || level.Count > 0)
        {
            if (level.Count == 0)
            {
                // None of the others reads an entry that is changed and due: they read something else that changed, such as a deleted card.
                level = [.. due.Where(seen.Add)];
            }

            levels.Add(level);
            level = [.. level.SelectMany(entry => readers[entry.Url]).Where(seen.Add)];
        }

        return levels;
    }
}

/// <summary>What a page was rendered from, or was when its render failed.</summary>
/// <param name="Seen">Fingerprint of its card and its dependencies; null if it was not recorded.</param>
/// <param name="Generation">The shell generation.</param>
internal readonly record struct RenderedFrom(DependencyFingerprint? Seen, long Generation);
