using System.ComponentModel.DataAnnotations;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Rendering;

/// <summary>How pages are answered, rendered on demand and kept. Section <c>Pages</c>.</summary>
internal sealed class PagesOptions : IValidatableObject
{
    public const string Section = "Pages";

    private const long Megabyte = 1024 * 1024;

    /// <summary>Whether a page that is asked for and not stored is rendered: for a crawler at once, for others behind their back.
    /// Default: true; without a manager's address nothing is.</summary>
    public bool OnDemand { get; set; } = true;

    /// <summary>How long a crawler waits for a page that is not stored before it gets the shell, 0 to 1 min. The render goes on.
    /// Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan CrawlerBudget { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Words by which a User-Agent is a crawler's; case does not matter. An <c>X-Prerender</c> header makes any request one. Default: search
    /// engines, link previews and AI crawlers, as in <c>Pages/Crawlers.cs</c>.</summary>
    public string[]? Crawlers { get; set; }

    /// <summary>Renders on demand under way at a time, 1 to 64. Default: 4.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 4;

    /// <summary>Pages that may wait for a render on demand, 1 to 100,000; the next one is not queued. Default: 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxQueued { get; set; } = 1_000;

    /// <summary>How long a page that failed on demand is not tried again, unless content or shell change, 1 s to 1 d. Default: 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FailureMemory { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Age from which a route of the host app is rendered again when it is asked for, 1 s to 365 d. The old page is served meanwhile.
    /// Default: 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan RouteMaxAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Query parameters that make another page of a route. Default: none.</summary>
    public string[] QueryKept { get; set; } = [];

    /// <summary>Query parameters that do not, such as those of campaigns; a trailing <c>*</c> stands for any ending. A route with any other parameter is
    /// served as the bare shell and not kept. Default: <c>utm_*</c>, <c>gclid</c>, <c>fbclid</c>, <c>msclkid</c>, <c>mc_cid</c>, <c>mc_eid</c>, <c>ref</c>.</summary>
    public string[]? QueryIgnored { get; set; }

    /// <summary>Most routes that are kept, 1 to 1,000,000; the ones rendered longest ago go. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxRoutes { get; set; } = 10_000;

    /// <summary>Most megabytes of routes that are kept, 16 to 1,000,000; the ones rendered longest ago go. Default: 512.</summary>
    [Range(16, 1_000_000)]
    public int MaxRoutesMb { get; set; } = 512;

    /// <summary>Most megabytes of pages that are kept of one realm, 16 to 1,000,000. A card beyond is listed as failed, and served as the bare shell.
    /// Default: 2,048.</summary>
    [Range(16, 1_000_000)]
    public int MaxRealmMb { get; set; } = 2_048;

    /// <summary>How long pages and screenshots are kept that no realm server serves any more: of a realm that was removed, of a read key that was replaced, of an
    /// earlier address. 5 min to 365 d. Default: 1 d.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "365.00:00:00")]
    public TimeSpan KeepUnserved { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Routes of the host app in <c>/sitemap.xml</c>, beside all cards of public realms: <c>/about</c>. <c>/products/*</c> stands for all that are kept
    /// and begin like this, which is for apps that answer 404 to what they do not have. Default: <c>/</c>.</summary>
    public string[]? SitemapRoutes { get; set; }

    /// <summary>Megabytes of this server's memory for pages and files that were asked for lately, 1 to 100,000. Default: 128.</summary>
    [Range(1, 100_000)]
    public int CacheMb { get; set; } = 128;

    /// <summary>Age from which a page in memory is compared with the stored one, 0 to 1 min. A hint does it sooner; this is for hints that get
    /// lost. 0 reads the store with every request. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan CacheCheck { get; set; } = TimeSpan.FromSeconds(5);

    internal string[] RoutesOfSitemap => SitemapRoutes ?? ["/"];

    internal PageBounds BoundsOfRoutes => new(MaxRoutes, MaxRoutesMb * Megabyte, WhenFull.RemoveOldest);

    internal PageBounds BoundsOfRealm => new(long.MaxValue, MaxRealmMb * Megabyte, WhenFull.Refuse);

    // Pages are many; a host app has few files.
    internal long PageCacheBytes => CacheMb * Megabyte / 4 * 3;

    internal long FileCacheBytes => CacheMb * Megabyte / 4;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Crawlers?.Any(string.IsNullOrWhiteSpace) == true)
        {
            yield return new("Crawlers has an empty entry: it would make every visitor a crawler.");
        }

        foreach (var route in RoutesOfSitemap.Where(route => !route.StartsWith('/')))
        {
            yield return new($"SitemapRoutes has '{route}': a route is a path that starts with /, such as /about or /products/*.");
        }
    }
}
