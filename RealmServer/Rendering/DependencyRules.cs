using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Rendering;

/// <summary>What a change of one card means for the pages that read it. What a page shows follows from the cards that it read, all of which
/// it names; so only those who name the changed card are rendered again, not those who name them.</summary>
internal static class DependencyRules
{
    /// <summary>The URL of the page of a card that was read, whatever was behind it.</summary>
    public static string PageOf(string dependency) => dependency.AsSpan().IndexOfAny('?', '#') is >= 0 and var end ? dependency[..end] : dependency;

    /// <summary>Digest of what a page read, each with its version, in whatever order. Null when the version of one is not known.</summary>
    /// <param name="deps">What the page read.</param>
    /// <param name="versionOf">Version of what is at a URL; 0 when there is nothing, so that it changes when something comes; null when not known.</param>
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

/// <summary>What a page was rendered from, or failed to be.</summary>
/// <param name="Seen">Its card and what it read; null when that was not kept.</param>
/// <param name="Generation">The shell generation.</param>
internal readonly record struct RenderedFrom(DependencyFingerprint? Seen, long Generation);
