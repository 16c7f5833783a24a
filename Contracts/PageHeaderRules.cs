namespace Fleet.Contracts;

/// <summary>Decides which of the response headers that a page requests with <c>&lt;meta name="prerender-header"&gt;</c> are sent with it.</summary>
public static class PageHeaderRules
{
    // Services pass them to each other in one header.
    private const int MaxCharacters = 8_000;

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

    /// <summary>The headers that are sent with the page, names and values of at most 8,000 characters together; null if there are none.</summary>
    /// <param name="requested">The headers that the page requests; null for none.</param>
    public static IReadOnlyDictionary<string, string>? Passed(IReadOnlyDictionary<string, string>? requested)
    {
        var passed = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var left = MaxCharacters;
        foreach (var (name, value) in requested ?? new Dictionary<string, string>())
        {
            if (MayPass(name) && value.All(c => c is >= ' ' and <= '~') && left >= name.Length + value.Length)
            {
                left -= name.Length + value.Length;
                passed[name] = value;
            }
        }

        return passed.Count > 0 ? passed : null;
    }

    private static bool MayPass(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        && !s_withheld.Contains(name) && !s_withheldPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
