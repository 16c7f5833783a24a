using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Learning;

namespace Fleet.PrerenderServer.Rendering.Soft;

/// <summary>A document that a page keeps for soft navigations.</summary>
/// <param name="key">The route of all its URLs.</param>
/// <param name="url">The URL that it was loaded for.</param>
/// <param name="size">Its size then.</param>
/// <param name="load">Duration of that load.</param>
/// <param name="end">When it may no longer be used, as a timestamp of the monotonic clock.</param>
internal sealed class KeptDocument(RouteKey key, string url, DocumentSize size, TimeSpan load, long end)
{
    /// <summary>Minimum limit of a soft navigation, for documents that loaded faster.</summary>
    private static readonly TimeSpan s_minAttempt = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> _urls = [url];

    public RouteKey Key => key;

    public DocumentSize Size => size;

    /// <summary>Whether it may show a URL. Each URL is shown only once: the app may keep its content in memory, older than the server's.</summary>
    public bool MayVisit(RouteKey route, string target, long now) => route == key && MayVisit(now) && !_urls.Contains(target);

    /// <summary>Whether it may show any further URL.</summary>
    public bool MayVisit(long now) => _urls.Count <= SoftPolicy.MaxVisits && now < end;

    /// <summary>Maximum duration of a soft navigation: as long as the load that it replaces, but at most half of the time until the deadline, so that the URL can still be loaded.</summary>
    public TimeSpan Limit(TimeSpan left) => TimeSpan.FromTicks(Math.Min(left.Ticks / 2, Math.Max(load.Ticks, s_minAttempt.Ticks)));

    /// <summary>Records a visit.</summary>
    public void Visited(string target) => _urls.Add(target);
}
