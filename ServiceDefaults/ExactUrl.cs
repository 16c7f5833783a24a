using System.Buffers;
using System.Text.RegularExpressions;

namespace Fleet.ServiceDefaults;

/// <summary>Writes URLs byte for byte. <see cref="Uri.AbsoluteUri"/> rewrites escapes, <c>%c3%a9</c> to <c>%C3%A9</c> and <c>%7E</c> to <c>~</c>, which an app's router and a cache may tell
/// apart; a browser does not rewrite them.</summary>
public static partial class ExactUrl
{
    // What a browser would escape or remove.
    private static readonly SearchValues<char> s_rewritten = SearchValues.Create("\"<>\\^`{|}");

    /// <summary>The URL with path and query as they were written, where a browser keeps them so; else <see cref="Uri.AbsoluteUri"/>.</summary>
    public static string Of(Uri url)
    {
        var text = url.OriginalString;
        var authority = url.Scheme.Length + 3;
        // Uri reads a backslash as a slash, so a path may begin with one.
        var path = text.StartsWith(url.Scheme + "://", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(authority).IndexOfAny("/\\?#") : -1;
        return path >= 0 && text[authority + path] == '/' && IsKept(text.AsSpan(authority + path)) ? url.GetLeftPart(UriPartial.Authority) + text[(authority + path)..] : url.AbsoluteUri;
    }

    /// <summary>The URL without its fragment.</summary>
    public static string WithoutFragment(string url) => url.Split('#', 2)[0];

    private static bool IsKept(ReadOnlySpan<char> rest) => !rest.ContainsAnyExceptInRange('!', '~') && !rest.ContainsAny(s_rewritten) && !DotSegment().IsMatch(rest);

    [GeneratedRegex("/(\\.|%2e){1,2}([/?#]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DotSegment();
}
