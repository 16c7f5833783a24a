using System.Text.RegularExpressions;

namespace Fleet.Contracts;

/// <summary>Validates the options of a <see cref="PageRequest"/>, identically in every service.</summary>
public static partial class PageRequestRules
{
    private const int MaxSelectorLength = 500;
    private const int MaxFunctionLength = 4_000;
    private const int MaxEventLength = 100;
    private const int MaxUserAgentLength = 500;
    private const int MaxHeaders = 20;
    private const int MaxHeaderNameLength = 100;
    private const int MaxHeaderValueLength = 2_000;
    private const int MaxCookies = 50;
    private const int MaxCookieNameLength = 200;
    private const int MaxCookieValueLength = 4_000;
    private const int MaxPatterns = 50;
    private const int MaxPatternLength = 500;

    // A machine that knows fewer zones has no database.
    private const int MinZones = 100;

    // Headers that belong to the connection, that the browser sets, or that another option sets.
    private static readonly Dictionary<string, string> s_refusedHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Host"] = "it follows from the URL",
        ["Cookie"] = "use 'cookies'",
        ["Authorization"] = "use 'credentials'",
        ["User-Agent"] = "use 'userAgent'",
        ["Accept-Language"] = "use 'locale'",
        ["Origin"] = "the browser sets it",
        ["Content-Length"] = "the browser sets it",
        ["Connection"] = "it is of the connection",
        ["Keep-Alive"] = "it is of the connection",
        ["TE"] = "it is of the connection",
        ["Trailer"] = "it is of the connection",
        ["Transfer-Encoding"] = "it is of the connection",
        ["Upgrade"] = "it is of the connection",
        ["Expect"] = "it is of the connection",
        ["Forwarded"] = "a proxy sets it",
        ["X-Real-IP"] = "a proxy sets it",
    };

    /// <summary>Types of resources that <see cref="PageRequest.BlockResources"/> may name.</summary>
    public static IReadOnlyList<string> ResourceTypes { get; } =
        ["image", "media", "font", "stylesheet", "script", "xhr", "fetch", "eventsource", "texttrack", "manifest", "ping", "other"];

    /// <summary>Whether an option requires a navigation to the URL, so that the host cannot render it in a booted page, and a stored page cannot answer it.</summary>
    public static bool NeedsNavigation(PageRequest request) => OptionsOfNavigation(request).Any();

    /// <summary>The rendition that the request asks for; null if it has options that no rendition is stored with.</summary>
    public static Rendition? RenditionOf(PageRequest request) => OptionsOfNavigation(request).ToList() switch
    {
        [] => Rendition.Desktop,
        ["device"] when RenditionRules.MobileDevice.Equals(request.Device, StringComparison.OrdinalIgnoreCase) => Rendition.Mobile,
        _ => null,
    };

    /// <summary>All errors of the options; empty when they are valid.</summary>
    public static IReadOnlyList<FieldError> Check(PageRequest request) =>
    [
        .. new[]
        {
            CheckLength("waitForSelector", request.WaitForSelector, MaxSelectorLength),
            CheckLength("waitForFunction", request.WaitForFunction, MaxFunctionLength),
            CheckLength("waitForEvent", request.WaitForEvent, MaxEventLength),
            FieldBounds.Check("waitForTimeout", request.WaitForTimeout),
            FieldBounds.Check("maxWaitMs", request.MaxWaitMs),
            request.MaxWaitMs is not null && request is { WaitForSelector: null, WaitForFunction: null, WaitForEvent: null }
                ? new("maxWaitMs", "'maxWaitMs' has nothing to bound: give 'waitForSelector', 'waitForFunction' or 'waitForEvent' too.") : null,
            CheckDevice(request.Device),
            FieldBounds.Check("width", request.Width),
            FieldBounds.Check("height", request.Height),
            CheckLength("userAgent", request.UserAgent, MaxUserAgentLength) ?? (request.UserAgent?.All(IsVisible) == false ? new("userAgent", "'userAgent' has characters other than visible ASCII and spaces.") : null),
            request.Locale is { } locale && !LanguageTag().IsMatch(locale) ? new("locale", $"'locale' is {Quoted.Of(locale)}: it must be a language tag such as 'de' or 'de-DE'.") : null,
            CheckTimezone(request.Timezone),
        }.OfType<FieldError>(),
        .. CheckHeaders(request.Headers),
        .. CheckCookies(request.Cookies),
        .. CheckBlocking(request),
    ];

    /// <summary>The error when a fixed wait alone takes until the deadline; otherwise null. Only for requests of callers: a prerender server gets the rest of the deadline, which may be
    /// shorter than the wait.</summary>
    public static FieldError? CheckDeadline(PageRequest request) =>
        (request.DeadlineMs ?? RenderLimits.DefaultDeadlineMs) is var deadline && request.WaitForTimeout >= deadline
            ? new("waitForTimeout", $"'waitForTimeout' is {request.WaitForTimeout}: it must be less than 'deadlineMs', {deadline}.") : null;

    /// <summary>The error when options that need a navigation are combined with formats that the host renders without one; otherwise null.</summary>
    internal static FieldError? CheckFormats(RenderRequest request) =>
        request.Formats is null or [RenderFormat.Html] || OptionsOfNavigation(request).FirstOrDefault() is not { } option ? null
            : new(option, $"'{option}' is for a page that is navigated to, and the host renders the 'formats' without a navigation: ask for the format 'html', or leave '{option}' out.");

    private static IEnumerable<string> OptionsOfNavigation(PageRequest request) => new (string Name, bool IsGiven)[]
    {
        ("waitForSelector", request.WaitForSelector is not null),
        ("waitForFunction", request.WaitForFunction is not null),
        ("waitForEvent", request.WaitForEvent is not null),
        ("waitForTimeout", request.WaitForTimeout is > 0),
        ("device", request.Device is not null),
        ("width", request.Width is not null),
        ("height", request.Height is not null),
        ("userAgent", request.UserAgent is not null),
        ("locale", request.Locale is not null),
        ("timezone", request.Timezone is not null),
        ("colorScheme", request.ColorScheme is not null),
        ("media", request.Media is not null),
        ("headers", request.Headers is { Count: > 0 }),
        ("cookies", request.Cookies is { Count: > 0 }),
        ("blockResources", request.BlockResources is { Count: > 0 }),
        ("blockUrls", request.BlockUrls is { Count: > 0 }),
    }.Where(static option => option.IsGiven).Select(static option => option.Name);

    private static FieldError? CheckLength(string field, string? value, int max) =>
        value is null || (value.Length >= 1 && value.Length <= max) ? null : new(field, $"'{field}' has {value.Length} characters: 1 to {max} are allowed.");

    private static FieldError? CheckDevice(string? device) => device is null || DevicePreset.Find(device) is not null ? null
        : new("device", "'device': " + NearestName.Explain(device, "name", "a device", [.. DevicePreset.All.Select(preset => preset.Name)]));

    // The browser knows all zones. What this machine knows is only a source of suggestions, since a container may have no database.
    private static FieldError? CheckTimezone(string? timezone)
    {
        if (timezone is null)
        {
            return null;
        }

        var isName = TimeZoneName().IsMatch(timezone);
        if (isName && (TimeZoneInfo.TryFindSystemTimeZoneById(timezone, out _) || TimeZoneInfo.GetSystemTimeZones().Count < MinZones))
        {
            return null;
        }

        var nearest = isName ? NearestName.Of(timezone, TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id)) : null;
        return new("timezone", $"'timezone' is {Quoted.Of(timezone)}, which is not a name of the IANA database{(nearest is null ? ", such as 'Europe/Berlin'." : $"; did you mean '{nearest}'?")}");
    }

    private static IEnumerable<FieldError> CheckHeaders(IReadOnlyDictionary<string, string>? headers)
    {
        if (headers?.Count > MaxHeaders)
        {
            yield return new("headers", $"'headers' has {headers.Count} entries: at most {MaxHeaders} are allowed.");
            yield break;
        }

        // Values may be secrets, so messages do not have them.
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            if (name.Length is 0 or > MaxHeaderNameLength || !name.All(IsToken))
            {
                yield return new("headers", $"'headers' has {Quoted.Of(name)}: a name is 1 to {MaxHeaderNameLength} letters, digits and !#$%&'*+-.^_`|~.");
            }
            else if (ReasonAgainst(name) is { } reason)
            {
                yield return new("headers", $"'headers' has {Quoted.Of(name)}, which cannot be set: {reason}.");
            }
            else if (value is null || value.Length > MaxHeaderValueLength || !value.All(IsVisible))
            {
                yield return new("headers", $"'headers' has {Quoted.Of(name)} with a value that is not at most {MaxHeaderValueLength} characters of visible ASCII and spaces.");
            }
        }
    }

    private static string? ReasonAgainst(string name) =>
        s_refusedHeaders.TryGetValue(name, out var reason) ? reason
        : name.StartsWith("Sec-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase) ? "the browser sets it"
        // The network of the browsers may be one whose proxies a site trusts.
        : name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) ? "a proxy sets it"
        : name.StartsWith("X-Fleet-", StringComparison.OrdinalIgnoreCase) || name.Equals(FleetHeaders.HostShell, StringComparison.OrdinalIgnoreCase) ? "the fleet sets it"
        : null;

    private static IEnumerable<FieldError> CheckCookies(IReadOnlyList<PageCookie>? cookies)
    {
        if (cookies?.Count > MaxCookies)
        {
            yield return new("cookies", $"'cookies' has {cookies.Count} entries: at most {MaxCookies} are allowed.");
            yield break;
        }

        foreach (var cookie in cookies ?? [])
        {
            if (cookie?.Name is not { Length: > 0 and <= MaxCookieNameLength } name || !name.All(IsToken))
            {
                yield return new("cookies", $"'cookies' has the name {Quoted.Of(cookie?.Name ?? "")}: it must be 1 to {MaxCookieNameLength} letters, digits and !#$%&'*+-.^_`|~.");
            }
            else if (cookie.Value is null || cookie.Value.Length > MaxCookieValueLength || !cookie.Value.All(static c => c is > ' ' and <= '~' and not ('"' or ',' or ';' or '\\')))
            {
                yield return new("cookies", $"'cookies' has {Quoted.Of(name)} with a value that is not at most {MaxCookieValueLength} visible ASCII characters without \" , ; and \\.");
            }
            else if (cookie.Path is { } path && (!path.StartsWith('/') || path.Length > RenderLimits.MaxUrlLength || !path.All(static c => c is > ' ' and <= '~' and not ';')))
            {
                yield return new("cookies", $"'cookies' has {Quoted.Of(name)} with the path {Quoted.Of(path)}: it must begin with '/', in visible ASCII characters without ';'.");
            }
            else if (!cookie.Secure && (HasPrefix(name, "__Secure-") || HasPrefix(name, "__Host-")))
            {
                yield return new("cookies", $"'cookies' has {Quoted.Of(name)}, a name that browsers accept only with 'secure'.");
            }
            else if (cookie.Path is not (null or "/") && HasPrefix(name, "__Host-"))
            {
                yield return new("cookies", $"'cookies' has {Quoted.Of(name)}, a name that browsers accept only with the path '/'.");
            }
            else if (cookie is { SameSite: CookieSameSite.None, Secure: false })
            {
                yield return new("cookies", $"'cookies' has {Quoted.Of(name)} with 'sameSite' 'none', which browsers accept only with 'secure'.");
            }
        }
    }

    private static IEnumerable<FieldError> CheckBlocking(PageRequest request)
    {
        foreach (var type in request.BlockResources ?? [])
        {
            if (!ResourceTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
            {
                yield return new("blockResources", "'blockResources': " + NearestName.Explain(type ?? "", "type", "a resource", [.. ResourceTypes]));
            }
        }

        if (request.BlockUrls?.Count > MaxPatterns)
        {
            yield return new("blockUrls", $"'blockUrls' has {request.BlockUrls.Count} entries: at most {MaxPatterns} are allowed.");
        }
        else if (request.BlockUrls?.FirstOrDefault(static pattern => pattern is not { Length: > 0 and <= MaxPatternLength } || !pattern.All(static c => c is > ' ' and <= '~')) is { } pattern)
        {
            yield return new("blockUrls", $"'blockUrls' has {Quoted.Of(pattern)}: a pattern is 1 to {MaxPatternLength} visible ASCII characters, in which '*' is any text.");
        }
    }

    private static bool HasPrefix(string name, string prefix) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    private static bool IsVisible(char c) => c is >= ' ' and <= '~';

    private static bool IsToken(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);

    [GeneratedRegex(@"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\z")]
    private static partial Regex LanguageTag();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_+/-]{0,63}\z")]
    private static partial Regex TimeZoneName();
}
