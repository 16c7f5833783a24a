using System.Globalization;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;
using Microsoft.Net.Http.Headers;

namespace Fleet.PrerenderServer.Rendering.Documents;

/// <summary>Reads the output of <c>capture.js</c>.</summary>
internal static partial class CapturedDocument
{
    private const int MaxHeaders = 20;
    private const int MaxRefreshSeconds = 5;
    private const int MaxDeps = 2_000;
    private const int MaxHeaderLength = 2_000;

    /// <summary>Converts a captured document to an answer.</summary>
    /// <param name="json">The output of <c>capture.js</c>.</param>
    /// <param name="httpStatus">HTTP status of the document's response.</param>
    /// <param name="realm">URL prefix of the requests that count as dependencies.</param>
    /// <param name="allowed">Origins that may be rendered. The page may have navigated elsewhere by itself.</param>
    /// <param name="refresh">The document's <c>Refresh</c> header, which counts unless the document has a <c>meta refresh</c>; null without one.</param>
    /// <param name="isSettled">Whether the page had settled. If not, a document without content may be one that has not been received yet.</param>
    /// <param name="isScreenshot">Whether a screenshot is taken. Any document can have one.</param>
    public static PageAnswer Read(string json, int httpStatus, string realm, OriginAllowList allowed, string? refresh = null, bool isSettled = true, bool isScreenshot = false)
    {
        var captured = JsonSerializer.Deserialize<Capture>(PageJson.Mend(json), FleetJson.Options)!;
        if (ProblemOf(captured, allowed, isSettled) is { } problem)
        {
            return problem with { Status = httpStatus };
        }

        var url = new Uri(captured.Url);
        var own = ParseStatus(captured.StatusCode);
        if (own is null && RefreshOf(captured.Refresh ?? refresh, url) is { } next)
        {
            return new() { Outcome = RenderOutcome.Rendered, Status = StatusCodes.Status302Found, RedirectUrl = next };
        }

        var status = own ?? httpStatus;
        // The document of an error need not be HTML: its status is the answer.
        if (!isScreenshot && status < StatusCodes.Status400BadRequest && !OutcomeMapping.IsPage(captured.Type))
        {
            return new() { Outcome = RenderOutcome.NotAPage, Status = status, Message = $"The URL is a document of type {captured.Type}, not an HTML page." };
        }

        if (!PageStatusRules.IsAllowed(status))
        {
            return new()
            {
                Outcome = RenderOutcome.Unusable,
                Message = own is null
                    ? $"The document was answered with status {status}, whose responses have no body, or only a part of one."
                    : $"The page set prerender-status-code to {status}, which a response with content cannot have: use {PageStatusRules.Allowed}.",
            };
        }

        var headers = ReadHeaders(captured.Headers, url);
        var isAimless = own is >= 300 and < 400 && !headers.ContainsKey(HeaderNames.Location);
        return new()
        {
            Outcome = isAimless ? RenderOutcome.Unusable : own is { } pageStatus ? OutcomeMapping.OfOwnStatus(pageStatus) : OutcomeMapping.OfHttpStatus(httpStatus),
            Status = status,
            Headers = headers.Count > 0 ? headers : null,
            RedirectUrl = status is >= 300 and < 400 ? headers.GetValueOrDefault(HeaderNames.Location) : null,
            Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Html] = WithHashes(captured.Html, captured.Policy) },
            Deps = [.. captured.Read.Where(u => u.StartsWith(realm, StringComparison.Ordinal)).Distinct().Take(MaxDeps)],
            Message = isAimless ? $"The page set prerender-status-code to {status} without a Location: add <meta name=\"prerender-header\" content=\"Location: …\">."
                : status >= 400 ? $"The page answers with status {status}." : null,
        };
    }

    /// <summary>The answer if the capture is not a document that may be read; otherwise null.</summary>
    private static PageAnswer? ProblemOf(Capture captured, OriginAllowList allowed, bool isSettled)
    {
        if (captured.TooLarge is { } characters)
        {
            return HostReply.TooLarge(characters);
        }

        if (!Uri.TryCreate(captured.Url, UriKind.Absolute, out var url) || !allowed.Allows(url))
        {
            return new()
            {
                Outcome = RenderOutcome.Failed,
                Message = "The page navigated to an address outside the allow-list (Fleet:AllowedOrigins), which the fleet's browsers cannot reach.",
            };
        }

        return captured.Html.Length > 0 ? null : new()
        {
            Outcome = isSettled ? RenderOutcome.Unusable : RenderOutcome.TimedOut,
            Message = isSettled ? "The document has no root element: the page removed it."
                : "The document has no root element: it was not received in time, or the page keeps loading another document.",
        };
    }

    /// <summary>Converts the departure of a document for another URL to a redirect. The document's own redirect takes precedence.</summary>
    /// <param name="departure">What the document declared when it left, and where it went.</param>
    /// <param name="document">The document's URL.</param>
    public static PageAnswer ReadDeparture(PageDeparture departure, Uri document)
    {
        if (departure.LoopUrls.Count > 0)
        {
            return new() { Outcome = RenderOutcome.Unusable, Message = $"The page redirects endlessly: {string.Join(", ", departure.LoopUrls)}." };
        }

        var headers = ReadHeaders(departure.Headers, document);
        var target = ExactUrl.Of(OriginAllowList.WithAsciiHost(departure.Url));
        var isOwn = ParseStatus(departure.StatusCode) is >= 300 and < 400;
        return new()
        {
            Outcome = RenderOutcome.Rendered,
            Status = isOwn ? ParseStatus(departure.StatusCode)!.Value : StatusCodes.Status302Found,
            RedirectUrl = isOwn ? headers.GetValueOrDefault(HeaderNames.Location) ?? target : target,
            Headers = headers.Count > 0 ? headers : null,
        };
    }

    /// <summary>The headers of a page: those of its server, and those that it requests itself, which take precedence.</summary>
    public static IReadOnlyDictionary<string, string> Joined(IReadOnlyDictionary<string, string> ofServer, IReadOnlyDictionary<string, string>? ofPage)
    {
        var headers = new Dictionary<string, string>(ofServer, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in ofPage ?? new Dictionary<string, string>())
        {
            headers[name] = value;
        }

        return headers;
    }

    /// <summary>The answer, unless it is a redirect to the requested URL, which a crawler would follow endlessly.</summary>
    public static PageAnswer WithoutLoop(PageAnswer answer, Uri asked) => answer.RedirectUrl is { } target && IsSame(target, asked)
        ? new() { Outcome = RenderOutcome.Unusable, Message = $"The page redirects to its own address with status {answer.Status}." }
        : answer;

    /// <summary>Whether a URL is that of a document; fragments do not count.</summary>
    public static bool IsSame(string url, Uri document) => ExactUrl.WithoutFragment(url) == ExactUrl.WithoutFragment(ExactUrl.Of(OriginAllowList.WithAsciiHost(document)));


    private static int? ParseStatus(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed is >= 100 and <= 599 ? parsed : null;

    /// <summary>The target of a <c>meta refresh</c> that leads to another URL within <see cref="MaxRefreshSeconds"/>; null for any other, such as a reload.</summary>
    private static string? RefreshOf(string? content, Uri document)
    {
        var match = Refresh().Match(content ?? "");
        return match.Success && int.TryParse(match.Groups["delay"].Value, CultureInfo.InvariantCulture, out var seconds) && seconds <= MaxRefreshSeconds
            && Resolve(match.Groups["url"].Value, document) is { } target && !IsSame(target, document) ? target : null;
    }

    [GeneratedRegex("""^\s*(?<delay>\d{1,4})(\.\d*)?\s*[;,\s]\s*(url\s*=\s*)?["']?(?<url>[^"']+)""", RegexOptions.IgnoreCase)]
    private static partial Regex Refresh();

    /// <summary>Puts the hashes of the styles that scripts have set where <c>policy.js</c> has left a place for them in the document's Content-Security-Policy.</summary>
    private static string WithHashes(string html, Policy? policy)
    {
        foreach (var (place, texts) in policy is null ? [] : (Styles[])[policy.Elements, policy.Attributes])
        {
            html = html.Replace(place, string.Join(' ', texts.Select(text => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'")), StringComparison.Ordinal);
        }

        return html;
    }

    private static Dictionary<string, string> ReadHeaders(IReadOnlyList<string> lines, Uri document)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Take(MaxHeaders))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.Length > MaxHeaderLength)
            {
                continue;
            }

            var (name, text) = (line[..colon], line[(colon + 1)..].Trim());
            var value = name.Equals(HeaderNames.Location, StringComparison.OrdinalIgnoreCase) ? Resolve(text, document) : text;
            // Only headers that can be forwarded unchanged.
            if (value is not null && value.All(c => c is >= ' ' and <= '~') && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            {
                headers[name] = value;
            }
        }

        return headers;
    }

    /// <summary>Resolves a location against the document, because later consumers do not know the document's URL. Null if the result is not an HTTP URL.</summary>
    private static string? Resolve(string location, Uri document) =>
        Uri.TryCreate(document, location, out var url) && OriginAllowList.IsHttp(url) ? ExactUrl.Of(OriginAllowList.WithAsciiHost(url)) : null;

    private sealed record Capture
    {
        public long? TooLarge { get; init; }

        public string Url { get; init; } = "";

        public string Html { get; init; } = "";

        public string Type { get; init; } = MediaTypeNames.Text.Html;

        public string? StatusCode { get; init; }

        public string? Refresh { get; init; }

        public IReadOnlyList<string> Headers { get; init; } = [];

        public IReadOnlyList<string> Read { get; init; } = [];

        public Policy? Policy { get; init; }
    }

    /// <summary>The styles that a document's policy must allow.</summary>
    private sealed record Policy(Styles Elements, Styles Attributes);

    /// <summary>Texts of styles, and the place of their hashes in the document.</summary>
    private sealed record Styles(string Place, IReadOnlyList<string> Texts);
}
