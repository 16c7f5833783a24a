using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Fleet.RealmServer.Rendering;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Site;

/// <summary>The address of a route's page, as it is rendered and stored: the request's own text, since decoding and encoding it again would mistake <c>%252F</c>
/// for <c>%2F</c>. Only dot segments and tracking parameters are removed, and characters that a URL cannot contain are encoded.</summary>
internal sealed class PageAddress(IOptions<PagesOptions> options)
{
    private static readonly string[] s_tracking =
        ["utm_*", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_*", "srsltid", "fbclid", "msclkid", "yclid", "twclid", "ttclid", "li_fat_id", "igshid", "mc_cid", "mc_eid", "_hsenc", "_hsmi", "mkt_tok"];

    // The characters that RFC 3986 allows in a path, beyond letters, digits and "%".
    private const string Allowed = "-._~!$&'()*+,;=:@/";

    private static readonly SearchValues<char> s_plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + Allowed);

    private readonly string[] _ignored = options.Value.QueryIgnored ?? s_tracking;

    /// <summary>Path and query of the page.</summary>
    /// <param name="target">The request target as it was received: path and query, or an absolute URL.</param>
    public string Of(string target)
    {
        var origin = target.StartsWith('/') ? -1 : target.IndexOf("://", StringComparison.Ordinal);
        var start = origin < 0 ? 0 : target.IndexOfAny(['/', '?'], origin + 3) is >= 0 and var at ? at : target.Length;
        var mark = target.IndexOf('?', start);
        var path = mark < 0 ? target[start..] : target[start..mark];
        var query = mark < 0 ? "" : target[(mark + 1)..];
        var kept = string.Join('&', query.Split('&').Where(parameter => !IsIgnored(NameOf(parameter))));
        return Encode(WithoutDotSegments(path), Allowed) + (kept.Length > 0 ? "?" + Encode(kept, Allowed + "?") : "");
    }

    private static string NameOf(string parameter) => WebUtility.UrlDecode(parameter.Split('=', 2)[0]);

    private bool IsIgnored(string name) => _ignored.Any(pattern =>
        pattern.EndsWith('*') ? name.AsSpan().StartsWith(pattern.AsSpan(..^1), StringComparison.Ordinal) : name == pattern);

    private static string WithoutDotSegments(string path)
    {
        if (!path.Contains("/.", StringComparison.Ordinal) && !path.Contains("/%2e", StringComparison.OrdinalIgnoreCase))
        {
            return path.StartsWith('/') ? path : "/" + path;
        }

        var segments = new List<string>();
        var parts = path.Split('/')[1..];
        for (var i = 0; i < parts.Length; i++)
        {
            switch (parts[i].Replace("%2e", ".", StringComparison.OrdinalIgnoreCase))
            {
                case "..":
                    segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
                    break;
                case ".":
                    break;
                default:
                    segments.Add(parts[i]);
                    continue;
            }

            if (i == parts.Length - 1)
            {
                // "/a/.." is the folder "/", not the file "/".
                segments.Add("");
            }
        }

        return "/" + string.Join('/', segments);
    }

    private static string Encode(string text, string allowed)
    {
        if (text.AsSpan().IndexOfAnyExcept(s_plain) < 0)
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiLetterOrDigit(c) || allowed.Contains(c, StringComparison.Ordinal)
                || (c == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2])))
            {
                encoded.Append(c);
                continue;
            }

            var length = char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            foreach (var octet in Encoding.UTF8.GetBytes(text, i, length))
            {
                encoded.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
            }

            i += length - 1;
        }

        return encoded.ToString();
    }
}
