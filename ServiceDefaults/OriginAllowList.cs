using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Fleet.ServiceDefaults;

/// <summary>The origins that may be rendered. Everything else is refused before a page is touched.</summary>
public sealed class OriginAllowList
{
    private readonly HashSet<string> _origins = new(StringComparer.Ordinal);

    /// <summary>Takes origins or URLs; what is not an http(s) URL is ignored, since nothing could match it.</summary>
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

    /// <summary>Whether a URL may be rendered. A URL with a user name in it never is.</summary>
    public bool Allows(Uri url) => IsHttp(url) && url.UserInfo.Length == 0 && _origins.Contains(OriginOf(url));

    /// <summary>Scheme, host and port of a URL, in the one spelling that is compared: Chromium's, which writes every host in ASCII.</summary>
    public static string OriginOf(Uri url) => WithAsciiHost(url).GetLeftPart(UriPartial.Authority).ToLowerInvariant();

    /// <summary>The URL as browsers and HTTP headers spell it: a host outside ASCII in punycode.</summary>
    public static Uri WithAsciiHost(Uri url) => Ascii.IsValid(url.Host) ? url : new UriBuilder(url) { Host = url.IdnHost }.Uri;

    /// <summary>Whether the text is a bare origin; gives its one spelling.</summary>
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

    /// <summary>Whether it is an address of the web.</summary>
    public static bool IsHttp(Uri url) => url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps;
}
