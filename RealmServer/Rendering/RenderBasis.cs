using Fleet.RealmServer.Content;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Rendering;

/// <summary>What is known before a page is rendered.</summary>
/// <param name="Version">Source version of the page that is stored; null when none is.</param>
/// <param name="Seen">What that page was rendered from; null when it is of a time at which that was not kept.</param>
/// <param name="VersionOf">Version of what is at a URL; 0 when there is nothing, null when nobody looked before.</param>
internal sealed record RenderBasis(long? Version, DependencyFingerprint? Seen, Func<string, long?> VersionOf)
{
    /// <summary>Looks at what the stored page read, which the next one likely reads as well.</summary>
    public static RenderBasis Of(PageSource source, StoredPage? stored, SourceVersions versions)
    {
        var known = (stored?.Deps ?? []).Select(DependencyRules.PageOf).Distinct(StringComparer.Ordinal).ToDictionary(url => url, versions.Of, StringComparer.Ordinal);
        known[source.Url] = source.Version;
        return new(stored?.SourceVersion, stored?.Seen, url => known.TryGetValue(url, out var version) ? version : null);
    }

    /// <summary>What a render that read this was made from.</summary>
    public DependencyFingerprint FingerprintOf(PageSource source, IEnumerable<string> deps) => new(source.Version, DependencyRules.TagOf(deps, VersionOf));

    /// <summary>Version of a render: that of the stored page when both saw the same, so that the shell decides between them; else a higher one, and of
    /// several such renders the one that began last has the highest. Higher than what is stored whatever the clocks of other replicas say.</summary>
    /// <param name="seen">What it was made from.</param>
    /// <param name="began">When it began, in ticks.</param>
    public long VersionOfRender(DependencyFingerprint seen, long began) => Version is not { } stored ? began
        : seen.Deps is not null && seen == Seen ? stored
        : Math.Max(began, stored + 1);
}
