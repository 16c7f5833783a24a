using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>How a page differs from the fleet's desktop page for one visit. Null members are the page's own.</summary>
internal sealed record PageSetup
{
    // Names of the protocol for the types of resources that have another one in requests.
    private static readonly Dictionary<string, string> s_types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["xhr"] = "XHR",
        ["eventsource"] = "EventSource",
        ["texttrack"] = "TextTrack",
    };

    /// <summary>The origin of the URL. Only requests to it have <see cref="Headers"/>.</summary>
    public required string Origin { get; init; }

    /// <summary>The URL whose host gets <see cref="Cookies"/>.</summary>
    public required string Url { get; init; }

    public PageViewport? Viewport { get; init; }

    /// <summary>The device, whose user agent and platform the page has.</summary>
    public DevicePreset? Device { get; init; }

    /// <summary>A user agent of the request, which takes the place of the device's.</summary>
    public string? UserAgent { get; init; }

    public string? Locale { get; init; }

    public string? Timezone { get; init; }

    public PageColorScheme? ColorScheme { get; init; }

    public PageMedia? Media { get; init; }

    /// <summary>Whether the default background is transparent.</summary>
    public bool IsTransparent { get; init; }

    /// <summary>Name of the event that the visit waits for.</summary>
    public string? Event { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<PageCookie> Cookies { get; init; } = [];

    /// <summary>Types of resources that are not loaded, as the protocol names them.</summary>
    public IReadOnlyList<string> BlockedTypes { get; init; } = [];

    /// <summary>Patterns of URLs that are not loaded.</summary>
    public IReadOnlyList<string> BlockedUrls { get; init; } = [];

    /// <summary>The setup that a request asks for; null for the fleet's desktop page as it is.</summary>
    public static PageSetup? Of(PageRequest request)
    {
        var device = DevicePreset.Find(request.Device);
        var screenshot = request as ScreenshotRequest;
        var isSized = device is not null || request.Width is not null || request.Height is not null || screenshot?.Scale is not null;
        var setup = new PageSetup
        {
            Origin = OriginAllowList.OriginOf(new Uri(request.Url)),
            Url = request.Url,
            Viewport = isSized ? new(request.Width ?? device?.Width, request.Height ?? device?.Height, screenshot?.Scale ?? device?.Scale ?? 1, device?.IsMobile ?? false) : null,
            Device = device,
            UserAgent = request.UserAgent,
            Locale = request.Locale,
            Timezone = request.Timezone,
            ColorScheme = request.ColorScheme,
            Media = request.Media,
            IsTransparent = screenshot?.OmitBackground ?? false,
            Event = request.WaitForEvent,
            Headers = request.Headers ?? new Dictionary<string, string>(),
            Cookies = request.Cookies ?? [],
            BlockedTypes = [.. (request.BlockResources ?? []).Select(TypeOf)],
            BlockedUrls = request.BlockUrls ?? [],
        };
        return isSized || setup.IsTransparent || PageRequestRules.NeedsNavigation(request) ? setup : null;
    }

    /// <summary>Whether requests are intercepted.</summary>
    public bool Intercepts => Headers.Count > 0 || BlockedTypes.Count > 0 || BlockedUrls.Count > 0;

    /// <summary>Whether a resource is not loaded.</summary>
    /// <param name="url">Its URL.</param>
    /// <param name="type">Its type, as the protocol names it.</param>
    public bool Blocks(string url, string type) => BlockedTypes.Contains(type) || BlockedUrls.Any(pattern => Wildcard.Matches(url, pattern));

    /// <summary>Omits values, which may be secrets, so that it can be logged.</summary>
    public override string ToString() => $"setup for {Origin}";

    private static string TypeOf(string type) => s_types.TryGetValue(type, out var named) ? named : char.ToUpperInvariant(type[0]) + type[1..].ToLowerInvariant();
}

/// <summary>The viewport of a page.</summary>
/// <param name="Width">Width in CSS pixels; null for the default.</param>
/// <param name="Height">Height in CSS pixels; null for the default.</param>
/// <param name="Scale">Device pixels per CSS pixel.</param>
/// <param name="IsMobile">Whether it is of a mobile device: with touch, and with a layout that <c>meta viewport</c> determines.</param>
internal sealed record PageViewport(int? Width, int? Height, double Scale = 1, bool IsMobile = false);
