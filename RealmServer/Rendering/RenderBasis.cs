using Fleet.RealmServer.Content;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Rendering;

/// <summary>What is known of a page and its dependencies before it is rendered.</summary>
/// <param name="Version">Source version of the stored page; null if none is stored.</param>
/// <param name="Seen">What the stored page was rendered from; null if that was not recorded.</param>
/// <param name="VersionOf">Gets the version of the source at a URL: 0 if there is none, null if it was not read before the render.</param>
internal sealed record RenderBasis(long? Version, DependencyFingerprint? Seen, Func<string, long?> VersionOf)
{
    /// <summary>Card version and shell generation of the stored page; null if none is stored, or one that had not settled. A page that has not settled does not
    /// replace one of the same card and shell that has.</summary>
    public PageVersion? Settled { get; init; }

    /// <summary>Reads the versions of the stored page's dependencies, which the next render probably reads as well.</summary>
    public static RenderBasis Of(PageSource source, StoredPage? stored, SourceVersions versions)
    {
        var known = (stored?.Deps ?? []).Select(DependencyRules.PageOf).Distinct(StringComparer.Ordinal).ToDictionary(url => url, versions.Of, StringComparer.Ordinal);
        known[source.Url] = source.Version;
        return new(stored?.SourceVersion, stored?.Seen, url => known.TryGetValue(url, out var version) ? version : null)
        {
            Settled = stored is { IsCapped: false, Seen.Card: var card } ? new(card, stored.Generation) : null,
        };
    }

    /// <summary>The fingerprint of a render that read <paramref name="deps"/>.</summary>
    public DependencyFingerprint FingerprintOf(PageSource source, IEnumerable<string> deps) => new(source.Version, DependencyRules.TagOf(deps, VersionOf));

    /// <summary>The version of a render. If the render and the stored page saw the same sources, it is the stored version, so that the shell generation
    /// decides between them. Otherwise it is higher than the stored version, even if the clocks of other replicas are ahead, and grows with the start of
    /// the render.</summary>
    /// <param name="seen">What the render was made from.</param>
    /// <param name="began">The start of the render, in ticks.</param>
    public long VersionOfRender(DependencyFingerprint seen, long began) => Version is not { } stored ? began
        : seen.Deps is not null && seen == Seen ? stored
        : Math.Max(began, stored + 1);
}
