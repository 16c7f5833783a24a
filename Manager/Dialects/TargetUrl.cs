using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;

namespace Fleet.Manager.Dialects;

/// <summary>Reads the URL of a page from the path of a request, byte for byte. Route values have escapes decoded and dot segments removed, so the request line is read.</summary>
internal static partial class TargetUrl
{
    /// <summary>The URL in the path, with or without its query. A URL that is percent-encoded as a whole, or escaped by a rewrite of nginx, is decoded once.</summary>
    /// <param name="target">The request's target, as sent.</param>
    /// <param name="prefix">The path before the URL: <c>/render/</c>.</param>
    /// <param name="hasQuery">Whether the query of the request belongs to the URL.</param>
    public static string Read(string target, string prefix, bool hasQuery)
    {
        // A request to a proxy names the whole address.
        var path = target.StartsWith('/') ? target : AbsoluteForm().Replace(target, "");
        var text = path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? path[prefix.Length..] : "";
        var query = text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var start ? text[start..] : "";
        text = text[..^query.Length];
        if (!Scheme().IsMatch(text))
        {
            text = Uri.UnescapeDataString(text);
        }
        else if (hasQuery && query.Length == 0 && EscapedAgain().IsMatch(text))
        {
            text = text.Replace("%3F", "?", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);
        }

        // Proxies that merge slashes leave one of the two.
        text = Scheme().Replace(text, match => $"{match.Groups["scheme"].Value}://", 1);
        return !hasQuery || query.Length == 0 ? text : text.Contains('?', StringComparison.Ordinal) ? $"{text}&{query[1..]}" : text + query;
    }

    /// <inheritdoc cref="Read(string, string, bool)"/>
    public static string Read(HttpRequest request, string prefix, bool hasQuery) =>
        Read(request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, prefix, hasQuery);

    /// <summary>The URL without the parameter <c>_escaped_fragment_</c>, by which clients of Prerender mark a request of a crawler. Its value is the fragment of an address
    /// of the old form <c>#!</c>.</summary>
    public static string WithoutEscapedFragment(string url)
    {
        var match = EscapedFragment().Match(url);
        if (!match.Success)
        {
            return url;
        }

        // If the first of several parameters is removed, its '?' stays for the next one.
        var rest = url[..match.Index] + (match.Groups["end"].Length > 0 ? match.Groups["mark"].Value + url[(match.Index + match.Length)..] : "");
        return match.Groups["value"].Length == 0 ? rest : $"{rest}#!{Uri.UnescapeDataString(match.Groups["value"].Value)}";
    }

    [GeneratedRegex("^[a-z]+://[^/?]*", RegexOptions.IgnoreCase)]
    private static partial Regex AbsoluteForm();

    // The result of nginx for a URL that a rewrite has put into the path, as in the usual recipe for Prerender. No '?' is left, and no escape but those of '%' and '?'.
    [GeneratedRegex("^[^%]*(?:%(?:3F|25[0-9A-Fa-f]{2})[^%]*)+$")]
    private static partial Regex EscapedAgain();

    [GeneratedRegex("^(?<scheme>https?):/{1,2}(?!/)", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex("(?<mark>[?&])_escaped_fragment_=?(?<value>[^&#]*)(?<end>&?)")]
    private static partial Regex EscapedFragment();
}
