namespace Fleet.Contracts;

/// <summary>The members of every request for a page: renders, screenshots and PDFs. The same names are members of JSON bodies, parameters of queries and options of the command line.</summary>
public abstract record PageRequest
{
    /// <summary>Absolute http(s) URL of at most <see cref="RenderLimits.MaxUrlLength"/> characters, inside the allow-list.</summary>
    public required string Url { get; init; }

    /// <summary>Which renders may share a browser context: <c>realm:&lt;url&gt;</c> or <c>user:&lt;id&gt;</c>. Default: the realm that the URL belongs to.</summary>
    public string? Affinity { get; init; }

    /// <summary>Timeout in milliseconds, <see cref="RenderLimits.MinDeadlineMs"/> to <see cref="RenderLimits.MaxDeadlineMs"/>.
    /// Default: <see cref="RenderLimits.DefaultDeadlineMs"/>.</summary>
    public int? DeadlineMs { get; init; }

    /// <summary>0 (background indexing) to 10 (interactive). Default: 0.</summary>
    public int Priority { get; init; }

    /// <summary>Which host shell the result may come from. Default: <see cref="ShellAcceptance.FreshOrWait"/>.</summary>
    public ShellAcceptance Accept { get; init; }

    /// <summary>Credentials that the page sends to the URL's origin. The page belongs to a scope (<c>realm:&lt;url&gt;#&lt;principal&gt;</c>), so that no other principal
    /// ever uses it. The manager derives the scope from the credentials; only a caller with the admin key may name one. Default: none.</summary>
    public RenderCredentials? Credentials { get; init; }

    /// <summary>Waits until an element matches this CSS selector, 1 to 500 characters. Default: no wait.</summary>
    public string? WaitForSelector { get; init; }

    /// <summary>Waits until this JavaScript expression is truthy, or, if it is a function, what it returns or resolves to; 1 to 4,000 characters. An error that it throws counts
    /// as not yet. Requires the admin key. Default: no wait.</summary>
    public string? WaitForFunction { get; init; }

    /// <summary>Waits until an event of this name is dispatched in the document or at its window, 1 to 100 characters. Default: no wait.</summary>
    public string? WaitForEvent { get; init; }

    /// <summary>Waits this long, in milliseconds, after the other waits, 0 to <see cref="RenderLimits.MaxDeadlineMs"/>. Default: 0.</summary>
    public int? WaitForTimeout { get; init; }

    /// <summary>Maximum time in milliseconds for <see cref="WaitForSelector"/>, <see cref="WaitForFunction"/> and <see cref="WaitForEvent"/> together, 1 to
    /// <see cref="RenderLimits.MaxDeadlineMs"/>. The deadline bounds them in any case. Default: until the deadline.</summary>
    public int? MaxWaitMs { get; init; }

    /// <summary>Whether a page is captured as it is when a wait ends without its condition, instead of ending as <see cref="RenderOutcome.TimedOut"/>. Default: false.</summary>
    public bool? BestAttempt { get; init; }

    /// <summary>Name of a device whose viewport, pixel ratio, touch and user agent the page gets (<see cref="DevicePreset"/>). Default: the fleet's desktop.</summary>
    public string? Device { get; init; }

    /// <summary>Width of the viewport in CSS pixels, 100 to 3840. Default: the device's, else the server's.</summary>
    public int? Width { get; init; }

    /// <summary>Height of the viewport in CSS pixels, 100 to 2160. Default: the device's, else the server's.</summary>
    public int? Height { get; init; }

    /// <summary>User agent, 1 to 500 characters of visible ASCII and spaces. The fleet's own product token is appended. Default: the device's, else the browser's.</summary>
    public string? UserAgent { get; init; }

    /// <summary>Language tag of the page, such as <c>de-DE</c>: <c>Accept-Language</c>, <c>navigator.language</c> and formats of dates and numbers. Default: the browser's.</summary>
    public string? Locale { get; init; }

    /// <summary>Name of a time zone of the IANA database, such as <c>Europe/Berlin</c>. Default: the server's.</summary>
    public string? Timezone { get; init; }

    /// <summary>The value of <c>prefers-color-scheme</c>. Default: the browser's, light.</summary>
    public PageColorScheme? ColorScheme { get; init; }

    /// <summary>The media type whose styles apply. Default: <see cref="PageMedia.Screen"/>; for a PDF <see cref="PageMedia.Print"/>.</summary>
    public PageMedia? Media { get; init; }

    /// <summary>Headers of all requests of the page to the URL's origin, at most 20 (<see cref="PageRequestRules"/>). Never logged. Default: none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Cookies of the URL's host, at most 50. They are gone after the visit. Default: none.</summary>
    public IReadOnlyList<PageCookie>? Cookies { get; init; }

    /// <summary>Types of resources that the page does not load (<see cref="PageRequestRules.ResourceTypes"/>). The document itself is always loaded. Default: none.</summary>
    public IReadOnlyList<string>? BlockResources { get; init; }

    /// <summary>URLs that the page does not load, as patterns in which <c>*</c> is any text; at most 50 of 1 to 500 characters. The document itself is always loaded.
    /// Default: none.</summary>
    public IReadOnlyList<string>? BlockUrls { get; init; }
}

/// <summary>A cookie of the URL's host, for one visit.</summary>
public sealed record PageCookie
{
    /// <summary>Name, 1 to 200 characters of a token.</summary>
    public required string Name { get; init; }

    /// <summary>Value, at most 4,000 visible ASCII characters without <c>"</c>, <c>,</c>, <c>;</c> and <c>\</c>. Default: empty.</summary>
    public string Value { get; init; } = "";

    /// <summary>Path below which it is sent. Default: <c>/</c>.</summary>
    public string? Path { get; init; }

    /// <summary>Whether it is sent over https only. Default: false.</summary>
    public bool Secure { get; init; }

    /// <summary>Whether scripts cannot read it. Default: false.</summary>
    public bool HttpOnly { get; init; }

    /// <summary>Which requests of other sites carry it. Default: the browser's, lax.</summary>
    public CookieSameSite? SameSite { get; init; }

    /// <summary>The name only, so that a request can be logged.</summary>
    public override string ToString() => $"cookie {Quoted.Of(Name)}";
}

/// <summary>Which requests of other sites carry a cookie.</summary>
public enum CookieSameSite
{
    /// <summary>None.</summary>
    Strict,

    /// <summary>Navigations.</summary>
    Lax,

    /// <summary>All; requires a secure cookie.</summary>
    None,
}

/// <summary>A color scheme that a page can ask for.</summary>
public enum PageColorScheme
{
    /// <summary>Dark text on a light background.</summary>
    Light,

    /// <summary>Light text on a dark background.</summary>
    Dark,
}

/// <summary>A media type of style sheets.</summary>
public enum PageMedia
{
    /// <summary>Styles for screens.</summary>
    Screen,

    /// <summary>Styles for paper.</summary>
    Print,
}
