using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Jobs;

/// <summary>Finds the links of a rendered document that a crawler may follow.</summary>
internal static class PageLinks
{
    /// <summary>Maximum size of a document whose links are read, in bytes: 4 MiB.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Maximum number of links of one document.</summary>
    public const int MaxLinks = 5_000;

    /// <summary>Maximum depth of elements of a document whose links are read. The time of the parser grows with the square of the depth, and nothing ends it.</summary>
    public const int MaxDepth = 5_000;

    private static readonly HtmlParserOptions s_options = new() { IsScripting = false };

    /// <summary>The absolute http(s) URLs of the links, each once, without fragments. Links with <c>rel=nofollow</c>, and all links of a page whose <c>robots</c> element has <c>nofollow</c>, are left out.</summary>
    /// <param name="html">The document.</param>
    /// <param name="url">Its URL.</param>
    public static IReadOnlyList<string> Read(string html, string url)
    {
        using var document = new HtmlParser(s_options).ParseDocument(html);
        if (document.QuerySelectorAll("meta[name=robots i]").Any(static meta => Says(meta.GetAttribute("content"), "nofollow", "none")))
        {
            return [];
        }

        // The first <base> counts, and may itself be relative to the document.
        var page = new Uri(url);
        var start = document.QuerySelector("base[href]")?.GetAttribute("href") is { } text && Uri.TryCreate(page, text, out var named) ? named : page;
        return [.. Anchors(document)
            .Where(static anchor => !Says(anchor.GetAttribute("rel"), "nofollow"))
            .Select(anchor => Uri.TryCreate(start, anchor.GetAttribute("href")!.Trim(), out var link) && link.Scheme is "http" or "https" ? ExactUrl.WithoutFragment(ExactUrl.Of(link)) : null)
            .OfType<string>().Distinct(StringComparer.Ordinal).Take(MaxLinks)];
    }

    // The parser attaches declarative shadow roots, which QuerySelectorAll does not enter.
    private static IEnumerable<IElement> Anchors(IParentNode root) => root.QuerySelectorAll("a[href], area[href]")
        .Concat(root.QuerySelectorAll("*").Select(static element => element.ShadowRoot).OfType<IShadowRoot>().SelectMany(Anchors));

    private static bool Says(string? words, params string[] any) =>
        words?.Split([' ', ',', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries).Any(word => any.Contains(word, StringComparer.OrdinalIgnoreCase)) == true;
}
