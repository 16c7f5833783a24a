using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Fleet.PrerenderServer.Rendering.Soft;

/// <summary>A rendered document, for comparisons: two are equal if a reader cannot distinguish them.</summary>
/// <param name="Html">The markup, head included.</param>
/// <param name="Headers">The response headers that the page requests, one per line, sorted.</param>
/// <param name="Reads">URLs that the page read.</param>
internal sealed partial record SoftDocument(string Html, string Headers, IReadOnlyList<string> Reads)
{
    /// <summary>Characters of each document in a description of their difference.</summary>
    private const int Shown = 80;

    /// <summary>Digest of markup and headers. Numbers in comments do not count: Lit marks its comments with a random one per load.</summary>
    public string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Normalize(Html)}\n{Headers}")));

    /// <summary>Describes where the document of a soft navigation differs from this one of a full load; null if it does not. What it read may be more: it has read the earlier visits', too.</summary>
    public string? DifferenceTo(SoftDocument soft)
    {
        if (Digest == soft.Digest)
        {
            return Reads.Except(soft.Reads, StringComparer.Ordinal).FirstOrDefault() is { } unread ? $"The full load reads {unread}, the soft navigation does not." : null;
        }

        var (full, other) = Html == soft.Html ? (Headers, soft.Headers) : (Normalize(Html), Normalize(soft.Html));
        var at = full.AsSpan().CommonPrefixLength(other);
        return string.Create(CultureInfo.InvariantCulture, $"The document differs from that of a full load at character {at}: \"{Excerpt(other, at)}\" instead of \"{Excerpt(full, at)}\".");
    }

    private static string Normalize(string html) => Comment().Replace(html, static comment => Digits().Replace(comment.Value, "0"));

    /// <summary>The text around a position, in one line.</summary>
    private static string Excerpt(string text, int at)
    {
        var start = Math.Max(0, Math.Min(at, text.Length) - (Shown / 2));
        return string.Concat(text.Substring(start, Math.Min(Shown, text.Length - start)).Select(static c => char.IsControl(c) ? ' ' : c));
    }

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
