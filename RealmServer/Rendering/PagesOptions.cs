using System.ComponentModel.DataAnnotations;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Rendering;

/// <summary>Options for serving, rendering and storing pages. Section <c>Pages</c>.</summary>
internal sealed class PagesOptions : IValidatableObject
{
    public const string Section = "Pages";

    private const long Megabyte = 1024 * 1024;

    /// <summary>Whether a requested page that is not stored, or is out of date, is rendered: while a crawler waits, for others in the background.
    /// Default: true. Without a manager's address no page is rendered.</summary>
    public bool OnDemand { get; set; } = true;

    /// <summary>Who gets stored pages besides crawlers. Default: <see cref="VisitorPages.Auto"/>.</summary>
    public VisitorPages Visitors { get; set; } = VisitorPages.Auto;

    /// <summary>How long a crawler waits for a page that is not stored before it gets a 503, 0 to 1 min. It is also the deadline of the render; a page that needs longer
    /// is rendered again in the background, within <c>Index:RenderDeadline</c>. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan CrawlerBudget { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Words that identify a crawler's User-Agent, case-insensitive. A request with an <c>X-Prerender</c> header always counts as a crawler's. Default:
    /// search engines, link previews, AI crawlers and tools: <see cref="Contracts.KnownCrawlers.Words"/>.</summary>
    public string[]? Crawlers { get; set; }

    /// <summary>Words in addition to those of <see cref="Crawlers"/>. Default: none.</summary>
    public string[] MoreCrawlers { get; set; } = [];

    /// <summary>Networks of crawlers, whose requests have a high priority: ranges such as <c>192.0.2.0/24</c>, addresses, or paths of files with ranges, as operators of crawlers
    /// publish them: <c>{"prefixes":[{"ipv4Prefix":"192.0.2.0/24"}]}</c>. Files are read at start. Default: none.</summary>
    [MaxLength(10_000)]
    public string[] CrawlerNetworks { get; set; } = [];

    /// <summary>The line <c>Content-Signal</c> of robots.txt, by which crawlers learn what the content may be used for: <c>search=yes, ai-input=yes, ai-train=no</c>. Default: none.</summary>
    public string? ContentSignal { get; set; }

    /// <summary>Maximum number of concurrent renders on demand, 1 to 64. Default: 4.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 4;

    /// <summary>Maximum number of pages that wait for a render on demand, 1 to 100,000. Further pages are not queued. As many again may wait for
    /// operators. Default: 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxQueued { get; set; } = 1_000;

    /// <summary>How long a failed page is not rendered again on demand, unless content or shell change, 1 s to 1 d. If the render had no clear outcome, it is repeated
    /// after 5 s, and then with pauses that double up to 16 times this value. Default: 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FailureMemory { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Age from which a route of the host app is rendered again when it is requested, 1 s to 365 d. The old page is served in the meantime.
    /// Default: 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan RouteMaxAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a page that was captured before it had settled is up to date, 1 s to 1 d. After it, the page is rendered again when it is requested.
    /// Default: 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CappedTtl { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Maximum number of routes that are not stored yet which one client, crawler or not, may have rendered per minute, 1 to 1,000,000. Default: 300.</summary>
    [Range(1, 1_000_000)]
    public int FirstRendersPerMinute { get; set; } = 300;

    /// <summary>Maximum number of searches of one client per minute, 1 to 1,000,000; above it, <c>GET /_search</c> answers 429. Default: 300.</summary>
    [Range(1, 1_000_000)]
    public int SearchesPerMinute { get; set; } = 300;

    /// <summary>Query parameters that do not distinguish pages, such as those of campaigns; a trailing <c>*</c> matches any ending. All other parameters are part of
    /// a page's address. Default: <c>utm_*</c>, <c>gclid</c>, <c>fbclid</c>, <c>msclkid</c> and others, see <c>Site/PageAddress.cs</c>.</summary>
    public string[]? QueryIgnored { get; set; }

    /// <summary>Maximum number of stored routes, 1 to 1,000,000. Beyond it, those requested longest ago are removed. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxRoutes { get; set; } = 10_000;

    /// <summary>Maximum size of all stored routes in MB, 16 to 1,000,000. Beyond it, those requested longest ago are removed. Default: 512.</summary>
    [Range(16, 1_000_000)]
    public int MaxRoutesMb { get; set; } = 512;

    /// <summary>Maximum size of a realm's stored pages in MB, 16 to 1,000,000. A card beyond it is listed as failed; visitors get the bare shell, crawlers a 503.
    /// Default: 2,048.</summary>
    [Range(16, 1_000_000)]
    public int MaxRealmMb { get; set; } = 2_048;

    /// <summary>How long pages and screenshots are kept after the last realm server stopped serving them, because a realm was removed, a read key was replaced or
    /// the address changed, 5 min to 365 d. Default: 1 d.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "365.00:00:00")]
    public TimeSpan KeepUnserved { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Routes of the host app in <c>/sitemap.xml</c>, in addition to all cards of public realms, such as <c>/about</c>. <c>/products/*</c> stands for all
    /// stored routes with this prefix; use it only if the app answers 404 to unknown paths. Default: <c>/</c>.</summary>
    public string[]? SitemapRoutes { get; set; }

    /// <summary>Memory for recently requested pages and files in MB, 1 to 100,000. Default: 128.</summary>
    [Range(1, 100_000)]
    public int CacheMb { get; set; } = 128;

    /// <summary>Age from which a cached page is compared with the stored one, 0 to 1 min. Change notifications do this sooner; the age limit covers lost
    /// notifications. 0 reads the store on every request. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan CacheCheck { get; set; } = TimeSpan.FromSeconds(5);

    internal string[] RoutesOfSitemap => SitemapRoutes ?? ["/"];

    internal PageBounds BoundsOfRoutes => new(MaxRoutes, MaxRoutesMb * Megabyte, WhenFull.RemoveOldest);

    internal PageBounds BoundsOfRealm => new(long.MaxValue, MaxRealmMb * Megabyte, WhenFull.Refuse);

    // Three quarters for pages: a host app has few files.
    internal long PageCacheBytes => CacheMb * Megabyte / 4 * 3;

    internal long FileCacheBytes => CacheMb * Megabyte / 4;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Crawlers?.Any(string.IsNullOrWhiteSpace) == true)
        {
            yield return new("Crawlers has an empty entry, which would match every visitor.");
        }

        if (MoreCrawlers.Any(string.IsNullOrWhiteSpace))
        {
            yield return new("MoreCrawlers has an empty entry, which would match every visitor.");
        }

        if (ContentSignal is not null && ContentSignals.ErrorOf(ContentSignal) is { } error)
        {
            yield return new($"ContentSignal {error}");
        }

        foreach (var route in RoutesOfSitemap.Where(route => !route.StartsWith('/')))
        {
            yield return new($"SitemapRoutes has '{route}': a route must start with /, such as /about or /products/*.");
        }
    }
}

/// <summary>Who gets stored pages besides crawlers.</summary>
internal enum VisitorPages
{
    /// <summary>Visitors, if the app keeps the host contract; only crawlers otherwise.</summary>
    Auto,

    /// <summary>Everyone.</summary>
    Prerendered,

    /// <summary>Only crawlers.</summary>
    Shell,
}
