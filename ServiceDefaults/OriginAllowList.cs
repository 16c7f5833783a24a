using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Fleet.ServiceDefaults;

/// <summary>The origins that may be rendered. Any other URL is rejected before a page is used.</summary>
public sealed class OriginAllowList
{
    private static readonly string[] s_loopbackHosts = ["127.0.0.1", "localhost", "[::1]"];

    private readonly HashSet<string> _origins = new(StringComparer.Ordinal);

    /// <summary>Creates the list from origins or URLs. Anything that is not an http(s) URL is ignored, since no URL could match it.</summary>
    public OriginAllowList(IEnumerable<string> urls)
    {
        foreach (var url in urls)
        {
            if (Uri.TryCreate(url, UriKind.Absolute, out var uri) && IsHttp(uri))
            {
                _origins.Add(OriginOf(uri));
            }
        }
    }

    /// <summary>The origins, sorted.</summary>
    public IReadOnlyList<string> Origins => [.. _origins.Order(StringComparer.Ordinal)];

    /// <summary>Whether a URL may be rendered. A URL with a user name is never allowed.</summary>
    public bool Allows(Uri url) => IsHttp(url) && url.UserInfo.Length == 0 && _origins.Contains(OriginOf(url));

    /// <summary>
    /// The URL as this fleet knows it. On one machine <c>localhost</c>, <c>127.0.0.1</c> and <c>[::1]</c> with the same scheme and port name the same server, so a URL with one of
    /// them gets the host under which its origin is allowed. Nothing else of the URL changes, not even its escaping. Any other URL is returned as it is.
    /// </summary>
    public string Normalize(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || !IsHttp(uri) || !s_loopbackHosts.Contains(uri.Host) || uri.UserInfo.Length > 0 || _origins.Contains(OriginOf(uri)))
        {
            return url;
        }

        var known = s_loopbackHosts.Select(host => OriginOf(new UriBuilder(uri.Scheme, host, uri.Port).Uri)).FirstOrDefault(_origins.Contains);
        var authority = url.IndexOf("//", StringComparison.Ordinal) + 2;
        var rest = authority < 2 ? -1 : url.AsSpan(authority).IndexOfAny('/', '?', '#');
        return known is null || authority < 2 ? url : known + (rest < 0 ? "" : url[(authority + rest)..]);
    }

    /// <summary>Scheme, host and port of a URL in normalized form. Like Chromium, it writes every host in ASCII.</summary>
    public static string OriginOf(Uri url) => WithAsciiHost(url).GetLeftPart(UriPartial.Authority).ToLowerInvariant();

    /// <summary>The URL with a non-ASCII host converted to punycode, as browsers and HTTP headers write it.</summary>
    public static Uri WithAsciiHost(Uri url) => Ascii.IsValid(url.Host) ? url : new UriBuilder(url) { Host = url.IdnHost }.Uri;

    /// <summary>Whether the text is a bare origin; returns its normalized form.</summary>
    public static bool TryNormalize(string? text, [NotNullWhen(true)] out string? origin)
    {
        origin = null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && IsHttp(uri) && uri.UserInfo.Length == 0
            && uri.PathAndQuery == "/" && uri.Fragment.Length == 0)
        {
            origin = OriginOf(uri);
        }

        return origin is not null;
    }

    /// <summary>Whether the scheme is http or https.</summary>
    public static bool IsHttp(Uri url) => url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps;
}
