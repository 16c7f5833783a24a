namespace Fleet.AspNetCore;

/// <summary>Options of <c>app.UsePrerender()</c>.</summary>
public sealed class PrerenderOptions
{
    /// <summary>Section of the configuration: <c>Fleet:Prerender</c>.</summary>
    public const string Section = "Fleet:Prerender";

    private const string Desktop = "desktop";
    private const string DesktopAndMobile = "desktop,mobile";

    /// <summary>The site's address as visitors know it: <c>https://shop.example/</c>. Default: scheme and host of the request, which behind a proxy needs the framework's forwarded headers.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>How long a crawler waits for its page before it gets a 503, 100 ms to 2 min. Default: 20 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>What a crawler gets when the fleet has no page. Default: <see cref="PrerenderFailure.Unavailable"/>.</summary>
    public PrerenderFailure OnFailure { get; set; }

    /// <summary>Words that identify a crawler's User-Agent, ignoring case, in addition to the known ones; a word that begins with <c>^</c> must begin it. Default: none.</summary>
    public IList<string> MoreCrawlers { get; } = [];

    /// <summary>Beginnings of paths that are never prerendered, ignoring case: <c>/api</c>. Default: none.</summary>
    public IList<string> ExcludedPaths { get; } = [];

    /// <summary>The renditions of pages: <c>desktop</c>, or <c>desktop,mobile</c>, of which a crawler with a mobile user agent gets the second. Default: <c>desktop</c>.</summary>
    public string Renditions { get; set; } = Desktop;

    internal bool HasMobileRendition => Renditions == DesktopAndMobile;

    internal void Validate()
    {
        if (Renditions is not (Desktop or DesktopAndMobile))
        {
            throw new ArgumentException($"{nameof(Renditions)} is '{Renditions}': it must be {Desktop} or {DesktopAndMobile}.");
        }

        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(2))
        {
            throw new ArgumentException($"{nameof(Timeout)} is {Timeout}: it must be between 00:00:00.1 and 00:02:00.");
        }

        if (PublicUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || url.AbsolutePath != "/"))
        {
            throw new ArgumentException($"{nameof(PublicUrl)} is '{url}': it must be an http or https URL without a path.");
        }

        if (MoreCrawlers.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException($"{nameof(MoreCrawlers)} has an empty entry, which would match every visitor.");
        }

        if (ExcludedPaths.FirstOrDefault(static path => !path.StartsWith('/')) is { } wrong)
        {
            throw new ArgumentException($"{nameof(ExcludedPaths)} has '{wrong}': a path must start with /, such as /api.");
        }
    }
}

/// <summary>What a crawler gets when the fleet has no page.</summary>
public enum PrerenderFailure
{
    /// <summary>503 with <c>Retry-After</c>: the crawler comes back, and keeps what it knows of the page.</summary>
    Unavailable,

    /// <summary>What a visitor gets: for a single-page app an empty shell with status 200, which a search engine may take for the page.</summary>
    ServeApp,
}
