using System.Text.RegularExpressions;
using Fleet.Contracts;

namespace Fleet.RealmServer.Rendering;

/// <summary>Directives of a page for search engines: in the response headers that it requests, and in its elements.</summary>
internal static partial class PageHeaders
{
    /// <summary>The header by which a page keeps search engines from listing it.</summary>
    public const string Robots = "X-Robots-Tag";

    /// <summary>Whether a page asks all search engines not to list it, by <see cref="Robots"/> or by the element <c>meta</c> of the same meaning.</summary>
    public static bool IsNoIndex(RenderResult result) =>
        result.Headers?.Any(header => header.Key.Equals(Robots, StringComparison.OrdinalIgnoreCase) && ForbidsListing(header.Value)) == true
        || new[] { RenderFormat.Head, RenderFormat.Html }.Any(format => result.Formats.TryGetValue(format, out var text)
            && MetaElements().Matches(text).Any(meta => RobotsName().IsMatch(meta.Value) && Content().Match(meta.Value) is { Success: true } content && ForbidsListing(content.Groups["value"].Value)));

    private static bool ForbidsListing(string directives) =>
        directives.Split(',', StringSplitOptions.TrimEntries).Any(directive => directive.ToLowerInvariant() is "noindex" or "none");

    [GeneratedRegex("<meta\\s[^<>]{0,500}>", RegexOptions.IgnoreCase)]
    private static partial Regex MetaElements();

    [GeneratedRegex("\\sname=[\"']?robots[\"'\\s/>]", RegexOptions.IgnoreCase)]
    private static partial Regex RobotsName();

    [GeneratedRegex("\\scontent=[\"']?(?<value>[^\"'>]*)", RegexOptions.IgnoreCase)]
    private static partial Regex Content();
}
