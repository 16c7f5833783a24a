using System.Text.RegularExpressions;
using Fleet.Contracts;

namespace Fleet.RealmServer.Rendering;

/// <summary>The response headers that a page requests with <c>&lt;meta name="prerender-header"&gt;</c>.</summary>
internal static partial class PageHeaders
{
    /// <summary>The header by which a page keeps search engines from listing it.</summary>
    public const string Robots = "X-Robots-Tag";

    // Headers of the connection and of the message, which only the server knows; of caching, since a stored page must not outlive its source or shell; and of
    // security, which must not depend on what a page shows. Location is sent only as the target of a redirect.
    private static readonly HashSet<string> s_withheld = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
        "Accept-Ranges", "Content-Disposition", "Content-Encoding", "Content-Length", "Content-Location", "Content-Range", "Content-Type", "Date", "Location", "Server",
        "Age", "Cache-Control", "ETag", "Expires", "Last-Modified", "Pragma", "Vary",
        "Alt-Svc", "Clear-Site-Data", "Content-Security-Policy", "Content-Security-Policy-Report-Only", "Document-Policy", "Expect-CT", "Feature-Policy", "NEL", "Origin-Agent-Cluster",
        "Permissions-Policy", "Permissions-Policy-Report-Only", "Public-Key-Pins", "Refresh", "Report-To", "Reporting-Endpoints", "Service-Worker-Allowed", "Set-Cookie", "Set-Cookie2", "SourceMap",
        "Strict-Transport-Security", "Timing-Allow-Origin", "WWW-Authenticate", "X-Host-Shell",
    };

    private static readonly string[] s_withheldPrefixes = ["Access-Control-", "Cross-Origin-", "Proxy-", "Sec-", "X-Fleet-"];

    /// <summary>The headers that are sent with the page; null if there are none.</summary>
    public static IReadOnlyDictionary<string, string>? Passed(IReadOnlyDictionary<string, string>? requested)
    {
        var passed = (requested ?? new Dictionary<string, string>()).Where(header => MayPass(header.Key) && header.Value.All(c => c is >= ' ' and <= '~'))
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        return passed.Count > 0 ? passed : null;
    }

    /// <summary>Whether a page asks all search engines not to list it, by <see cref="Robots"/> or by the element <c>meta</c> of the same meaning.</summary>
    public static bool IsNoIndex(RenderResult result) =>
        result.Headers?.Any(header => header.Key.Equals(Robots, StringComparison.OrdinalIgnoreCase) && ForbidsListing(header.Value)) == true
        || new[] { RenderFormat.Head, RenderFormat.Html }.Any(format => result.Formats.TryGetValue(format, out var text)
            && MetaElements().Matches(text).Any(meta => RobotsName().IsMatch(meta.Value) && Content().Match(meta.Value) is { Success: true } content && ForbidsListing(content.Groups["value"].Value)));

    private static bool ForbidsListing(string directives) =>
        directives.Split(',', StringSplitOptions.TrimEntries).Any(directive => directive.ToLowerInvariant() is "noindex" or "none");

    private static bool MayPass(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        && !s_withheld.Contains(name) && !s_withheldPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("<meta\\s[^<>]{0,500}>", RegexOptions.IgnoreCase)]
    private static partial Regex MetaElements();

    [GeneratedRegex("\\sname=[\"']?robots[\"'\\s/>]", RegexOptions.IgnoreCase)]
    private static partial Regex RobotsName();

    [GeneratedRegex("\\scontent=[\"']?(?<value>[^\"'>]*)", RegexOptions.IgnoreCase)]
    private static partial Regex Content();
}
