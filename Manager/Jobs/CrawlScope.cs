using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Jobs;

/// <summary>The URLs that a crawl may follow: those of the start's origin that match a pattern of <c>include</c>, if there are any, and none of <c>exclude</c>.</summary>
internal sealed class CrawlScope
{
    private const int DefaultDepth = 3;

    private readonly string _origin;
    private readonly List<string> _include;
    private readonly List<string> _exclude;

    public CrawlScope(JobCrawl crawl)
    {
        _origin = OriginAllowList.OriginOf(new(crawl.Start));
        (_include, _exclude, MaxDepth) = (Absolute(crawl.Include), Absolute(crawl.Exclude), crawl.Depth ?? DefaultDepth);
    }

    /// <summary>Maximum number of links between the start and a page.</summary>
    public int MaxDepth { get; }

    /// <summary>Whether the crawl may follow a URL.</summary>
    public bool Contains(string url) =>
        RenderRequestRules.CheckUrl(url) is null && OriginAllowList.OriginOf(new(url)) == _origin
        && (_include.Count == 0 || _include.Exists(pattern => Wildcard.Matches(url, pattern)))
        && !_exclude.Exists(pattern => Wildcard.Matches(url, pattern));

    private List<string> Absolute(IReadOnlyList<string>? patterns) => [.. (patterns ?? []).Select(pattern => pattern.StartsWith('/') ? _origin + pattern : pattern)];
}
